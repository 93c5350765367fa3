import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera scope retire`.
struct ScopeRetireCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire",
    abstract:
      "Stop granting a scope, for good. Tokens that have it keep it, unless --revoke-tokens is given.",
    discussion: "--revoke-tokens revokes all tokens of the clients that may request the scope."
  )

  @Argument(help: "The name of the scope.")
  var name: String

  @OptionGroup var revocation: TokenRevocation
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let scope = try await workspace.administration.scope(named: name).scope
      let tokens = revocation.isWanted ? ", and revoke all tokens of the clients that have it," : ""
      try confirmation.ask("Retire scope '\(name)'\(tokens) for good?")
      try await workspace.administration.retireScope(scope, revokingTokens: revocation.isWanted)
      try workspace.print(
        text: "Retired scope '\(name.printable)'.",
        json: .object([
          .init("name", .string(name)), .init("retired", .boolean(true)),
          .init("tokens_revoked", .boolean(revocation.isWanted)),
        ])
      )
    }
  }
}
