import ArgumentParser

/// `tessera audit`.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Read and check the audit log: what was done, and by whom.",
    subcommands: [AuditListCommand.self, AuditVerifyCommand.self, AuditExportCommand.self]
  )
}
