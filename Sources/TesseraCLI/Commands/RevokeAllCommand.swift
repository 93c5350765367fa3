import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera revoke-all`.
struct RevokeAllCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke-all",
    abstract: "Make every token of every client inactive. They can get new ones."
  )

  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      try confirmation.ask("Revoke every token of every client of this server?")
      try confirmation.ask("Every application has to get a new token at once. Really?")
      try await workspace.administration.revokeAllTokens()
      try workspace.print(
        text: "Revoked every token that was issued up to now.",
        json: .object([.init("revoked", .boolean(true))])
      )
    }
  }
}
