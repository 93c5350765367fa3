import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera audit export`.
struct AuditExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the audit log as JSON Lines, oldest first, and at its end what is signed about it."
  )

  @Option(help: ArgumentHelp("Only records newer than the one with this number.", valueName: "number"))
  var after: Int64 = 0

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      try await workspace.administration.exportAudit(after: after) { try Console.write($0) }
    }
  }
}
