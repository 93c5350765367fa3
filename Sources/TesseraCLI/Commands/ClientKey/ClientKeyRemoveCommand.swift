import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport

/// `tessera client key remove`.
struct ClientKeyRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract:
      "Remove a key or a certificate at once. Tokens issued for it stay valid, unless --revoke-tokens is given.",
    discussion:
      "Which key a token was issued for is not recorded: --revoke-tokens revokes all that the client has."
  )

  @OptionGroup var client: ClientArgument

  @Argument(help: "The name of the key.")
  var key: String

  @OptionGroup var revocation: TokenRevocation
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let found = try await workspace.client(client.reference)
      let key = try found.key(named: self.key)
      let use = try await workspace.administration.keys(of: found).first { $0.key.name == key.name }?.use
      let recent = use.flatMap { $0.isRecent(at: WallClock.system.now) ? $0 : nil }
      let warning = recent.map { use in
        "It was used at \(use.lastUsedAt.iso8601)\(use.address.map { " from \($0)" } ?? ""). "
      }
      let tokens = revocation.isWanted ? " and all tokens that it has" : ""
      try confirmation.ask(
        "\(warning ?? "")Remove \(key.material.noun) '\(key.name)' of client '\(found.name)' (\(found.id))\(tokens)?"
      )
      try await workspace.administration.removeKey(
        named: key.name,
        of: found.id,
        revokingTokens: revocation.isWanted
      )
      try workspace.print(
        text:
          "Removed \(key.material.noun) '\(key.name.printable)' of client '\(found.name.printable)' (\(found.id)).",
        json: .object([
          .init("client_id", .string(found.id.rawValue)), .init("key", .string(key.name)),
          .init("removed", .boolean(true)), .init("tokens_revoked", .boolean(revocation.isWanted)),
        ])
      )
    }
  }
}
