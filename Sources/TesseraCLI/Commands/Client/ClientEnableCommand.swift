import ArgumentParser
import TesseraCore

/// `tessera client enable`.
struct ClientEnableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable",
    abstract: "Let a disabled client get tokens again. Those from before only come back after --keep-tokens."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var version: ExpectedVersion
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      let found = try await workspace.client(client.reference)
      try workspace.show(
        try await workspace.administration.setClient(found.id, enabled: true, ifVersion: version.number)
      )
    }
  }
}
