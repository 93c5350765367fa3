import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport

/// `tessera client trust remove`.
struct ClientTrustRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract:
      "Make a client trust a platform no longer. Tokens issued for it stay valid, unless --revoke-tokens is given.",
    discussion:
      "By which trust a token was issued is not recorded: --revoke-tokens revokes all that the client has."
  )

  @OptionGroup var client: ClientArgument

  @Argument(help: "The name of the trust.")
  var trust: String

  @OptionGroup var revocation: TokenRevocation
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let found = try await workspace.client(client.reference)
      let trust = try found.trust(named: self.trust)
      let use = try await workspace.administration.trusts(of: found).first { $0.trust.name == trust.name }?
        .use
      let recent = use.flatMap { $0.isRecent(at: WallClock.system.now) ? $0 : nil }
      let warning = recent.map { use in
        "It was used at \(use.lastUsedAt.iso8601)\(use.address.map { " from \($0)" } ?? ""). "
      }
      let tokens = revocation.isWanted ? " and all tokens that it has" : ""
      try confirmation.ask(
        "\(warning ?? "")Remove trust '\(trust.name)' of client '\(found.name)' (\(found.id))\(tokens)?"
      )
      try await workspace.administration.removeTrust(
        named: trust.name,
        of: found.id,
        revokingTokens: revocation.isWanted
      )
      try workspace.print(
        text: "Removed trust '\(trust.name.printable)' of client '\(found.name.printable)' (\(found.id)).",
        json: .object([
          .init("client_id", .string(found.id.rawValue)), .init("trust", .string(trust.name)),
          .init("removed", .boolean(true)), .init("tokens_revoked", .boolean(revocation.isWanted)),
        ])
      )
    }
  }
}
