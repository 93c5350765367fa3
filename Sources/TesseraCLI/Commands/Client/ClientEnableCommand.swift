import ArgumentParser
import TesseraCore

/// `tessera client enable`.
struct ClientEnableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable",
    abstract: "Undo 'client disable'. Unexpired tokens are active again."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      let found = try await workspace.administration.client(client.reference)
      try await workspace.administration.setClient(found.id, enabled: true)
      try workspace.show(try await workspace.administration.client(found.id.rawValue))
    }
  }
}
