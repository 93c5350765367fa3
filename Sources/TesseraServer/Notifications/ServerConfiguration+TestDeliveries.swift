import AsyncHTTPClient
package import TesseraCore
import TesseraJOSE
import TesseraSupport

extension ServerConfiguration {
  /// Everybody who is told of events.
  package var subscriptions: [Delivery.Subscription] {
    [webhookSubscription, syslogSubscription].compactMap(\.self)
  }

  /// Sends an event that says nothing to everybody who is told, and waits for whether it arrives.
  ///
  /// Throws `AdministrationError` when nobody is told, `ConfigurationError` for a file that cannot be used.
  package func testDeliveries(from issuer: String, by administration: Administration) async throws
    -> [TestedDelivery]
  {
    let id = RandomSource.system.bytes(count: 16).hexadecimal
    let event = SecurityEvent(.test(WallClock.system.now, id: id))
    var results: [TestedDelivery] = []
    func add(_ sink: String, _ place: String, _ failure: DeliveryFailure?) {
      results.append(TestedDelivery(sink: sink, place: place, id: id, error: failure?.reason))
    }
    if webhookSubscription != nil {
      let keys = try await administration.keyRing()
      let client = try webhookClient()
      let webhook = Webhook(notifications, issuer: { issuer }, keys: { keys }, httpClient: client)
      let failure = await webhook.tell([event])
      try? await client.shutdown()
      add("webhook", WebhookURL.shown(notifications.webhookURL), failure)
    }
    if let syslog = try syslog(), let address = auditSyslog.address {
      add("syslog", address.description, await syslog.tell([event]))
    }
    guard !results.isEmpty else {
      throw AdministrationError.invalid(
        nil,
        "nobody is told: set notifications.webhook-url or audit.syslog"
      )
    }
    return results
  }
}
