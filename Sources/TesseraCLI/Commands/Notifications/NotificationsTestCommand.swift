import ArgumentParser
import AsyncHTTPClient
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport

/// `tessera notifications test`.
struct NotificationsTestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Send an event that says nothing, and tell whether it arrived.",
    discussion: """
      It goes to all that are configured, at once and not by way of a running server. The webhook gets the event \
      urn:tessera:event:test, signed as all others. Exit code 6 when one was not reached, or did not take it.
      """
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      let configuration = workspace.configuration
      let id = RandomSource.system.bytes(count: 16).hexadecimal
      let event = SecurityEvent(.test(WallClock.system.now, id: id))
      var results: [(sink: String, place: String, failure: DeliveryFailure?)] = []
      if configuration.webhookSubscription != nil {
        let url = WebhookURL.shown(configuration.notifications.webhookURL)
        results.append(("webhook", url, try await tellWebhook(event, workspace)))
      }
      if let syslog = try configuration.syslog(), let address = configuration.auditSyslog.address {
        results.append(("syslog", address.description, await syslog.tell([event])))
      }
      guard !results.isEmpty else {
        throw CommandFailure("nobody is told: set notifications.webhook-url or audit.syslog", .usage)
      }
      try ListWriter.write(
        results,
        workspace.format,
        TextTable("TO", "AT", "RESULT"),
        emptyText: "",
        row: { [$0.sink, $0.place, $0.failure?.reason ?? "arrived"] },
        json: { result in
          .object([
            .init("sink", .string(result.sink)), .init("place", .string(result.place)),
            .init("id", .string(id)), .init("arrived", .boolean(result.failure == nil)),
            .init("error", JSONValue(result.failure?.reason)),
          ])
        }
      )
      let failed = results.filter { $0.failure != nil }.map(\.sink)
      guard failed.isEmpty else {
        throw CommandFailure("the event did not arrive at: \(failed.joined(separator: ", "))", .unreachable)
      }
    }
  }

  private func tellWebhook(_ event: SecurityEvent, _ workspace: Workspace) async throws -> DeliveryFailure? {
    let issuer = workspace.configuration.issuerInUse
    let keys = try await workspace.administration.keyRing()
    let client = try workspace.configuration.webhookClient()
    let webhook = Webhook(
      workspace.configuration.notifications,
      issuer: { issuer },
      keys: { keys },
      httpClient: client
    )
    let failure = await webhook.tell([event])
    try? await client.shutdown()
    return failure
  }
}
