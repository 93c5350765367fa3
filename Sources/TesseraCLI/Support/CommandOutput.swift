import TesseraCore

/// What a command writes its results to.
protocol CommandOutput {
  var format: OutputFormat { get }
}

/// Where a command writes that works on nothing but what it is given.
struct StandardOutput: CommandOutput {
  let format: OutputFormat
}

extension CommandOutput {
  /// Writes a result with a secret that nobody can show again; when that fails, what was done is said.
  ///
  /// `done` is nil when the secret is kept elsewhere.
  func printOnce(
    _ done: String?,
    remedy: String =
      "its secret could not be written and is lost; 'tessera client secret add' makes another",
    text: @autoclosure () -> String,
    json: @autoclosure () -> JSONValue
  ) throws {
    do {
      try print(text: text(), json: json())
    } catch {
      guard let done else { throw error }
      throw CommandFailure("\(done), but \(remedy)")
    }
  }

  /// Writes the result in the format that was asked for.
  func print(text: @autoclosure () -> String, json: @autoclosure () -> JSONValue) throws {
    switch format {
    case .text: try Console.print(text())
    case .json: try Console.print(json())
    }
  }
}
