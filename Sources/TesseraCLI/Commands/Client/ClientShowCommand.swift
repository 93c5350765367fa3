import ArgumentParser
import TesseraCore
import TesseraServer
import TesseraSupport

/// `tessera client show`.
struct ClientShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a client.")

  @OptionGroup var client: ClientArgument
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      try workspace.show(try await workspace.client(client.reference))
    }
  }
}

extension Workspace {
  /// Writes what is registered of a client.
  func show(_ client: Client) throws {
    try print(
      text: client.text(configuration.token, at: WallClock.system.now),
      json: ClientRepresentation(client, lifetime: configuration.token).json
    )
  }
}
