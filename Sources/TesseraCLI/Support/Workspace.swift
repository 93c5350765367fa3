import TesseraCore
import TesseraServer

/// What a command works on.
struct Workspace {
  let configuration: ServerConfiguration
  let data: DataDirectory
  let administration: Administration
  let format: OutputFormat

  init(configuration: ServerConfiguration, data: DataDirectory, actor: String, format: OutputFormat) {
    self.configuration = configuration
    self.data = data
    self.format = format
    administration = Administration(
      store: data.store,
      masterKey: data.masterKey,
      lifetime: configuration.token,
      keyRotation: configuration.keys,
      actor: actor
    )
  }

  /// The store, for reading.
  ///
  /// What is to be changed goes through `administration`.
  var store: any Store { data.store }

  /// Writes the result in the format that was asked for.
  func print(text: @autoclosure () -> String, json: @autoclosure () -> JSONValue) throws {
    switch format {
    case .text: try Console.print(text())
    case .json: try Console.print(json())
    }
  }
}
