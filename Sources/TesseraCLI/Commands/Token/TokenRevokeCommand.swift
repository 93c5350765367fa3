import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraServer

/// `tessera token revoke`.
struct TokenRevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Revoke one access token."
  )

  @OptionGroup var token: TokenArgument
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let text = try token.text
    try await global.administer { workspace in
      let token = try await workspace.inspect(text).token
      try confirmation.ask("Revoke token \(token.id) of client \(token.grant.clientID)?")
      try await workspace.administration.revokeToken(ShownToken(text: text, opened: token))
      try workspace.print(
        text: "Revoked token \(token.id) of client \(token.grant.clientID).",
        json: .object([
          .init("client_id", .string(token.grant.clientID.rawValue)),
          .init("token_id", .string(token.id.description)), .init("revoked", .boolean(true)),
        ])
      )
    }
  }
}
