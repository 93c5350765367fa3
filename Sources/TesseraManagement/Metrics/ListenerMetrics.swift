/// What there is to know of the public listener and of this software.
package struct ListenerMetrics: MetricSource {
  private let version: String
  private let connections: @Sendable () -> Int
  private let certificateExpiry: @Sendable () -> Double?

  /// `certificateExpiry` is how long the certificate is valid, in seconds; nil when there is none.
  package init(
    version: String,
    connections: @escaping @Sendable () -> Int,
    certificateExpiry: @escaping @Sendable () -> Double?
  ) {
    self.version = version
    self.connections = connections
    self.certificateExpiry = certificateExpiry
  }

  package func metrics() async -> [Metric] {
    [
      Metric(
        "tessera_http_connections",
        .gauge,
        "Open connections of the public listener.",
        [Metric.Sample(Double(connections()))]
      ),
      Metric(
        "tessera_certificate_expiry_seconds",
        .gauge,
        "Time until the certificate of the public listener expires; negative once it has, none without TLS.",
        certificateExpiry().map { [Metric.Sample($0)] } ?? []
      ),
      Metric(
        "tessera_build_info",
        .gauge,
        "The version of this software.",
        [Metric.Sample(1, [("version", version)])]
      ),
    ]
  }
}
