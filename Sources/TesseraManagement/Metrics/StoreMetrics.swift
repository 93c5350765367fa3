/// How long the store takes.
package struct StoreMetrics: MetricSource {
  private let times: StoreTimes

  package init(_ times: StoreTimes) {
    self.times = times
  }

  package func metrics() async -> [Metric] {
    [
      Metric(
        "tessera_store_duration_seconds",
        .histogram,
        "Time that the store takes for a call, failed ones too.",
        times.all.map { Metric.Sample($0.durations, [("operation", $0.operation)]) }
      )
    ]
  }
}
