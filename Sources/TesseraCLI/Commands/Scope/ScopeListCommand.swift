import ArgumentParser
import TesseraCore

/// `tessera scope list`.
struct ScopeListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List all scopes.")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      try ListWriter.write(
        try await workspace.administration.scopes(),
        workspace.format,
        ScopeDefinition.table,
        emptyText: "no scopes",
        row: \.row,
        json: { ScopeRepresentation($0).json }
      )
    }
  }
}
