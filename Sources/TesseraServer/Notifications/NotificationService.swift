import AsyncHTTPClient
import Logging
import ServiceLifecycle
import TesseraCore

/// What the server tells by itself: in the log, at the webhook and to syslog.
struct NotificationService: Service {
  let configuration: ServerConfiguration
  let store: any Store
  let replica: Replica
  /// Who this node is.
  let holder: String
  /// The issuer, once it is known.
  let issuer: @Sendable () -> String?
  let notices: NoticeBoard
  let statuses: DeliveryStatuses
  let logger: Logger

  func run() async throws {
    let syslog = try configuration.syslog()
    let client = try configuration.webhookSubscription == nil ? nil : configuration.webhookClient()
    let result: Result<Void, any Error>
    do {
      result = .success(try await run(webhookClient: client, syslog))
    } catch {
      result = .failure(error)
    }
    try? await client?.shutdown()
    try result.get()
  }

  private func run(webhookClient: HTTPClient?, _ syslog: Syslog?) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      let log = Delivery.Subscription("log", [.secretExpiring, .clientKeyExpiring], limit: 1)
      let expiries = service(log, CredentialExpiryLog(logger: logger))
      group.addTask { try await expiries.run() }
      if let webhookClient, let subscription = configuration.webhookSubscription {
        let webhook = Webhook(
          configuration.notifications,
          issuer: issuer,
          keys: { [replica] in try? replica.facts().keyRing },
          httpClient: webhookClient
        )
        var service = service(subscription, webhook, statuses)
        service.notices = notices
        let told = service
        group.addTask {
          await untilIssuerIsKnown()
          try await told.run()
        }
      }
      if let syslog, let subscription = configuration.syslogSubscription {
        let service = service(subscription, syslog, statuses)
        group.addTask { try await service.run() }
      }
      try await group.waitForAll()
    }
  }

  /// It can be known only once the public listener is open.
  private func untilIssuerIsKnown() async {
    await cancelWhenGracefulShutdown {
      while issuer() == nil, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(100)) }
    }
  }

  private func service<Sink: DeliverySink>(
    _ subscription: Delivery.Subscription,
    _ sink: Sink,
    _ statuses: DeliveryStatuses? = nil
  ) -> DeliveryService<Sink> {
    DeliveryService(
      delivery: Delivery(subscription, store: store, holder: holder, logger: logger),
      sink: sink,
      replica: replica,
      statuses: statuses,
      logger: logger
    )
  }
}
