import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport

/// `tessera client secret revoke`.
struct SecretRevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract:
      "Revoke a secret at once. Tokens issued for it stay valid, unless --revoke-tokens is given.",
    discussion:
      "Which secret a token was issued for is not recorded: --revoke-tokens revokes all that the client has."
  )

  @OptionGroup var client: ClientArgument

  @Argument(help: "The name of the secret.")
  var secret: String

  @OptionGroup var revocation: TokenRevocation
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let found = try await workspace.client(client.reference)
      let stored = try found.secret(named: self.secret)
      let secret = stored.name
      let use = try await workspace.administration.secrets(of: found).first { $0.secret == stored }?.use
      let recent = use.flatMap { $0.isRecent(at: WallClock.system.now) ? $0 : nil }
      let warning = recent.map { use in
        "It was used at \(use.lastUsedAt.iso8601)\(use.address.map { " from \($0)" } ?? ""). "
      }
      let tokens = revocation.isWanted ? " and all tokens that it has" : ""
      try confirmation.ask(
        "\(warning ?? "")Revoke secret '\(secret)' of client '\(found.name)' (\(found.id))\(tokens)?"
      )
      try await workspace.administration.revokeSecret(
        named: secret,
        of: found.id,
        revokingTokens: revocation.isWanted
      )
      try workspace.print(
        text: "Revoked secret '\(secret.printable)' of client '\(found.name.printable)' (\(found.id)).",
        json: .object([
          .init("client_id", .string(found.id.rawValue)), .init("secret", .string(secret)),
          .init("revoked", .boolean(true)), .init("tokens_revoked", .boolean(revocation.isWanted)),
        ])
      )
    }
  }
}
