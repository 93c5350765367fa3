import Logging

extension Administration {
  /// How telling each of these stands.
  package func deliveryStatuses(
    of subscriptions: [Delivery.Subscription]
  ) async throws(AdministrationError) -> [DeliveryStatus] {
    var statuses: [DeliveryStatus] = []
    for subscription in subscriptions {
      let delivery = Delivery(
        subscription,
        store: store,
        holder: actor,
        clock: clock,
        logger: Logger(label: "tessera") { _ in SwiftLogNoOpLogHandler() }
      )
      statuses.append(try await ask(about: .server, await delivery.status()))
    }
    return statuses
  }
}
