import ArgumentParser
import TesseraCore

/// `tessera client disable`.
struct ClientDisableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable",
    abstract: "Disable a client: it gets no new tokens, and its tokens are revoked for good.",
    discussion: "For a pause, give --keep-tokens: its tokens are active again once the client is enabled."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var version: ExpectedVersion
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  @Flag(help: "Only pause: its tokens are active again once it is enabled, unless they expire first.")
  var keepTokens = false

  func run() async throws {
    try await global.administer { workspace in
      let found = try await workspace.client(client.reference)
      let tokens = keepTokens ? "pause all its tokens" : "revoke all its tokens for good"
      try confirmation.ask("Disable client '\(found.name)' (\(found.id)) and \(tokens)?")
      try workspace.show(
        try await workspace.administration.setClient(
          found.id,
          enabled: false,
          keepingTokens: keepTokens,
          ifVersion: version.number
        )
      )
    }
  }
}
