import ArgumentParser
import TesseraCore

/// `tessera client enable`.
struct ClientEnableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable",
    abstract: "Enable a disabled client. Its earlier tokens are active again only if --keep-tokens was given."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var version: ExpectedVersion
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let found = try await workspace.client(client.reference)
      try workspace.show(
        try await workspace.administration.setClient(
          found.id,
          enabled: true,
          keepingTokens: false,
          ifVersion: version.number
        )
      )
    }
  }
}
