/// What became of the spans of this node.
package struct SpanMetrics: MetricSource {
  private let counts: @Sendable () -> (exported: Int, dropped: Int)

  package init(counts: @escaping @Sendable () -> (exported: Int, dropped: Int)) {
    self.counts = counts
  }

  package func metrics() async -> [Metric] {
    let (exported, dropped) = counts()
    return [
      Metric(
        "tessera_spans_total",
        .counter,
        "Spans that the collector has taken, and spans that were dropped.",
        [
          Metric.Sample(Double(exported), [("result", "exported")]),
          Metric.Sample(Double(dropped), [("result", "dropped")]),
        ]
      )
    ]
  }
}
