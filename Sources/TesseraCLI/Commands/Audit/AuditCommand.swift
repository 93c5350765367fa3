import ArgumentParser

/// `tessera audit`.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Read the audit log: what was done, and by whom.",
    subcommands: [AuditListCommand.self]
  )
}
