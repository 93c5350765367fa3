import ArgumentParser
import TesseraCore

/// `tessera resource list`.
struct ResourceListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List all resources.")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      try ListWriter.write(
        try await workspace.administration.resources(),
        workspace.format,
        ResourceDefinition.table,
        emptyText: "no resources",
        row: \.row,
        json: { ResourceRepresentation($0).json }
      )
    }
  }
}
