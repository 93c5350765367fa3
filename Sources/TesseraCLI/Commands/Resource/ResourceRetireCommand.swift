import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera resource retire`.
struct ResourceRetireCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire",
    abstract: "Stop issuing tokens for an API, for good: its scopes are no longer granted.",
    discussion: """
      Tokens that are for it stay valid until they end, unless --revoke-tokens is given: that revokes all tokens of
      the clients that may ask for one of its scopes.
      """
  )

  @OptionGroup var resource: ResourceArgument
  @OptionGroup var version: ExpectedVersion
  @OptionGroup var revocation: TokenRevocation
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let found = try await workspace.administration.resource(resource.uri).resource
      let tokens = revocation.isWanted ? ", and revoke all tokens of the clients that have them," : ""
      try confirmation.ask("Retire resource '\(resource.uri)' and its scopes\(tokens) for good?")
      try await workspace.administration.retireResource(
        found,
        revokingTokens: revocation.isWanted,
        ifVersion: version.number
      )
      try workspace.print(
        text: "Retired resource '\(resource.uri.printable)'.",
        json: .object([
          .init("resource", .string(resource.uri)), .init("retired", .boolean(true)),
          .init("tokens_revoked", .boolean(revocation.isWanted)),
        ])
      )
    }
  }
}
