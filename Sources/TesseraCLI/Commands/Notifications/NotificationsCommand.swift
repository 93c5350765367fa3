import ArgumentParser

/// `tessera notifications`.
struct NotificationsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notifications",
    abstract: "Look at what others are told of, and try whether it arrives.",
    discussion:
      "Whom a running server tells is set by notifications.webhook-url and audit.syslog in the configuration.",
    subcommands: [NotificationsStatusCommand.self, NotificationsTestCommand.self]
  )
}
