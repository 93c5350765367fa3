import ArgumentParser
import TesseraCore
import TesseraServer

/// A file that a new secret goes to instead of to the terminal.
struct SavedSecret: ParsableArguments {
  @Option(
    name: .customLong("save-secret"),
    help: ArgumentHelp(
      "Write the new secret to this new file, which only you may read, instead of printing it.",
      valueName: "file"
    ),
    completion: .file()
  )
  var path: String?

  /// Makes a secret and keeps it in the file, if there is to be one: both, or neither.
  func keep<Made>(
    _ make: () async throws -> Made,
    secret: (Made) -> ClientSecret?
  ) async throws -> (made: Made, file: PrivateFile?) {
    guard let file = path.map(PrivateFile.init) else { return (try await make(), nil) }
    // First, so that nothing is registered whose secret cannot be kept.
    try file.make()
    let made: Made
    do {
      made = try await make()
    } catch {
      file.remove()
      throw error
    }
    do {
      try file.replace(with: secret(made)?.exposed ?? "")
    } catch let failure as CommandFailure {
      throw CommandFailure(
        "\(failure.message); the secret was created all the same and is lost: replace it with "
          + "'tessera client secret add' and 'tessera client secret revoke'"
      )
    }
    return (made, file)
  }
}

extension NewSecret {
  /// A secret that is in this file, or nowhere yet.
  init(_ secret: ClientSecret, in file: String?) {
    self = file.map(NewSecret.kept) ?? .shown(secret)
  }
}

extension ClientSecret {
  /// Says on standard error what follows when an imported secret could be guessed.
  func warnWhenWeak(of client: ClientID) {
    guard isWeak else { return }
    let command = "tessera client secret add \(client.rawValue.shellQuoted)"
    Console.warn(
      """
      this secret can be guessed: it has some \(Int(estimatedBits)) bits, and a new one has 160. Guesses are slowed \
      down, to about 16 a minute from everywhere, but never end; while somebody guesses, sources that have not \
      succeeded before have to wait with the right secret too. '\(command)' makes a secret that nobody guesses.
      """
    )
  }
}
