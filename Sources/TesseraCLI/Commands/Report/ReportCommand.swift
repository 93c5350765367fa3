import ArgumentParser

/// `tessera report`.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Look at how all clients use the server.",
    subcommands: [ReportUsageCommand.self, ReportUnusedCommand.self]
  )
}
