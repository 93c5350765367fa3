import ArgumentParser

/// `tessera audit`.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Read what was done, by whom.",
    subcommands: [AuditListCommand.self]
  )
}
