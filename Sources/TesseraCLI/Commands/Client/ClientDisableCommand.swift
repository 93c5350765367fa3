import ArgumentParser
import TesseraCore

/// `tessera client disable`.
struct ClientDisableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable",
    abstract: "Refuse a client new tokens and make those it has inactive."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      let found = try await workspace.administration.client(client.reference)
      try confirmation.ask("Disable client '\(found.name)' (\(found.id)) and all its tokens?")
      try await workspace.administration.setClient(found.id, enabled: false)
      try workspace.show(try await workspace.administration.client(found.id.rawValue))
    }
  }
}
