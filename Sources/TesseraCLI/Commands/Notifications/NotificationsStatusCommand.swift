import ArgumentParser
import Logging
import TesseraCore
import TesseraJOSE
import TesseraServer

/// `tessera notifications status`.
struct NotificationsStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what waits to be delivered, what arrived, and the last error."
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      let configuration = workspace.configuration
      var statuses: [DeliveryStatus] = []
      for case let subscription? in [configuration.webhookSubscription, configuration.syslogSubscription] {
        let delivery = Delivery(
          subscription,
          store: workspace.data.store,
          holder: LoginName.actor,
          logger: Logger(label: "tessera") { _ in SwiftLogNoOpLogHandler() }
        )
        statuses.append(try await delivery.status())
      }
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
