package import TesseraCore

/// How telling others of events stands.
package struct DeliveryMetrics: MetricSource {
  private let statuses: @Sendable () -> [DeliveryStatus]

  /// `statuses` has one for each that is told.
  package init(_ statuses: @escaping @Sendable () -> [DeliveryStatus]) {
    self.statuses = statuses
  }

  package func metrics() async -> [Metric] {
    let statuses = statuses()
    func samples(_ value: (DeliveryStatus) -> Double) -> [Metric.Sample] {
      statuses.map { Metric.Sample(value($0), [("sink", $0.sink)]) }
    }
    return [
      Metric(
        "tessera_notifications_pending",
        .gauge,
        "Events that wait to be delivered, of all nodes.",
        samples { Double($0.pending) }
      ),
      Metric(
        "tessera_notifications_delivered_total",
        .counter,
        "Events that were delivered, by all nodes since there has been the store.",
        samples { Double($0.delivered) }
      ),
      Metric(
        "tessera_notifications_failed_total",
        .counter,
        "Deliveries that failed and are tried again, of all nodes since there has been the store.",
        samples { Double($0.failed) }
      ),
      Metric(
        "tessera_notifications_dropped_total",
        .counter,
        "Events that were given up, by all nodes since there has been the store.",
        samples { Double($0.dropped) }
      ),
    ]
  }
}
