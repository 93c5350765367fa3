import ArgumentParser
import TesseraCore

/// `tessera client disable`.
struct ClientDisableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable",
    abstract: "Refuse a client new tokens and take back those it has, for good.",
    discussion: "For a pause there is --keep-tokens: they are active again once the client is enabled."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var version: ExpectedVersion
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  @Flag(help: "Only a pause: the tokens it has are active again once it is enabled, unless they end before.")
  var keepTokens = false

  func run() async throws {
    try await global.withWorkspace { workspace in
      let found = try await workspace.client(client.reference)
      let tokens = keepTokens ? "pause all its tokens" : "take back all its tokens for good"
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
