/// What there is to know of the secrets of clients.
package struct SecretMetrics: MetricSource {
  private let nextExpiry: @Sendable () -> Double?

  /// `nextExpiry` is how long it takes until the next secret expires, in seconds; nil when none does.
  package init(nextExpiry: @escaping @Sendable () -> Double?) {
    self.nextExpiry = nextExpiry
  }

  package func metrics() async -> [Metric] {
    [
      Metric(
        "tessera_secret_expiry_seconds",
        .gauge,
        "Time until the next secret of a client expires, read every five minutes; none when none does.",
        nextExpiry().map { [Metric.Sample($0)] } ?? []
      )
    ]
  }
}
