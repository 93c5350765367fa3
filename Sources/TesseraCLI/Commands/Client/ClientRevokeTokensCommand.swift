import ArgumentParser
import TesseraCore

/// `tessera client revoke-tokens`.
struct ClientRevokeTokensCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke-tokens",
    abstract: "Revoke all tokens of a client. It can get new ones."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let found = try await workspace.client(client.reference)
      try confirmation.ask("Revoke all tokens that client '\(found.name)' (\(found.id)) has?")
      try workspace.show(try await workspace.administration.revokeTokens(of: found.id))
    }
  }
}
