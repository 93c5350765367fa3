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
    try await global.withWorkspace { workspace in
      let marks = try await workspace.auditLog.export(after: after) { records in
        guard !records.isEmpty else { return }
        try Console.print(records.map { AuditRepresentation($0).json.text() }.joined(separator: "\n"))
      }
      for mark in marks { try Console.print(AuditMarkRepresentation(mark).json.text()) }
    }
  }
}
