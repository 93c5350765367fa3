package import TesseraCore

/// What a node knows of its store, and since when; the ages of its keys.
package struct DirectoryMetrics: MetricSource {
  private let replica: Replica

  package init(_ replica: Replica) {
    self.replica = replica
  }

  package func metrics() async -> [Metric] {
    [
      Metric(
        "tessera_directory_staleness_seconds",
        .gauge,
        "Time since the store last answered; none before it was reached.",
        replica.staleness.map { [Metric.Sample($0)] } ?? []
      ),
      Metric(
        "tessera_directory_clients",
        .gauge,
        "Clients that are in memory.",
        [Metric.Sample(Double(replica.clientCount))]
      ),
      Metric(
        "tessera_signing_key_age_seconds",
        .gauge,
        "Time since the key that seals or signs new tokens was taken into use.",
        replica.keyAges.map { Metric.Sample($0.age, [("use", $0.use.description)]) }
      ),
    ]
  }
}
