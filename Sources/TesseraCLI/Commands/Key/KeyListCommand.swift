import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera key list`.
struct KeyListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the sealing keys by number."
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      try ListWriter.write(
        try await workspace.administration.keys(),
        workspace.format,
        TextTable("KEY", "STATE", "CREATED", "ACTIVE FROM"),
        emptyText: "no keys",
        row: {
          [String($0.key.number), $0.state.rawValue, $0.key.createdAt.iso8601, $0.key.activatesAt.iso8601]
        },
        json: { summary in
          .object([
            .init("number", .integer(Int(summary.key.number))),
            .init("state", .string(summary.state.rawValue)),
            .init("created_at", JSONValue(summary.key.createdAt)),
            .init("activates_at", JSONValue(summary.key.activatesAt)),
          ])
        }
      )
    }
  }
}
