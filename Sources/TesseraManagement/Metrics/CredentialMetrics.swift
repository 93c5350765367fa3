/// What there is to know of the secrets, keys and certificates of clients.
package struct CredentialMetrics: MetricSource {
  private let nextSecretExpiry: @Sendable () -> Double?
  private let nextKeyExpiry: @Sendable () -> Double?

  /// How long it takes until the next secret expires, and the next key or certificate, in seconds; nil when none does.
  package init(
    nextSecretExpiry: @escaping @Sendable () -> Double?,
    nextKeyExpiry: @escaping @Sendable () -> Double?
  ) {
    self.nextSecretExpiry = nextSecretExpiry
    self.nextKeyExpiry = nextKeyExpiry
  }

  package func metrics() async -> [Metric] {
    [
      Metric(
        "tessera_secret_expiry_seconds",
        .gauge,
        "Time until the next secret of a client expires, read every five minutes; none when none does.",
        nextSecretExpiry().map { [Metric.Sample($0)] } ?? []
      ),
      Metric(
        "tessera_client_key_expiry_seconds",
        .gauge,
        "Time until the next key or certificate of a client expires, read every five minutes; none when none does.",
        nextKeyExpiry().map { [Metric.Sample($0)] } ?? []
      ),
    ]
  }
}
