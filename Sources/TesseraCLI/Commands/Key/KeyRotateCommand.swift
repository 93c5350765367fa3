import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera key rotate`.
struct KeyRotateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "Add a sealing key that takes over within seconds. Tokens stay valid."
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      let key = try await workspace.administration.rotateKey()
      try workspace.print(
        text: "Key \(key.number) seals new tokens from \(key.activatesAt.iso8601).",
        json: .object([
          .init("number", .integer(Int(key.number))), .init("created_at", JSONValue(key.createdAt)),
          .init("activates_at", JSONValue(key.activatesAt)),
        ])
      )
    }
  }
}
