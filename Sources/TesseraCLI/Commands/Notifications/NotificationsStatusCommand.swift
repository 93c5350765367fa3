import ArgumentParser
import TesseraCore
import TesseraJOSE

/// `tessera notifications status`.
struct NotificationsStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what waits to be delivered, what arrived, and the last error."
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let statuses = try await workspace.deliveryStatuses()
      try ListWriter.write(
        statuses,
        workspace.format,
        TextTable("TO", "WAITING", "DELIVERED", "FAILED", "GIVEN UP", "LAST", "NEXT TRY", "LAST ERROR"),
        emptyText: "nobody is told: set notifications.webhook-url or audit.syslog",
        row: { status in
          [
            status.sink, String(status.pending), String(status.delivered), String(status.failed),
            String(status.dropped), status.lastDeliveredAt?.iso8601 ?? "never",
            status.nextTryAt?.iso8601 ?? "",
            status.lastError ?? "",
          ]
        },
        json: \.json
      )
    }
  }
}
