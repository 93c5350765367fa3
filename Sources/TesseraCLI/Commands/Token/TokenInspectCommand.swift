import ArgumentParser
import TesseraCore

/// `tessera token inspect`.
struct TokenInspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Open an access token with the master key and show whether it is active."
  )

  @OptionGroup var token: TokenArgument
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let text = try token.text
    try await global.administer { workspace in
      let inspected = try await workspace.inspect(text)
      try workspace.print(text: inspected.text, json: inspected.json)
    }
  }
}
