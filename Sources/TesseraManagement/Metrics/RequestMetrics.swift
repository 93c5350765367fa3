package import TesseraCore

/// What the requests of the public listener came to.
package struct RequestMetrics: MetricSource {
  private let counters: RequestCounters
  private let tally: @Sendable () async -> RequestTally

  /// `tally` is what was counted by now.
  package init(_ counters: RequestCounters, tally: @escaping @Sendable () async -> RequestTally) {
    self.counters = counters
    self.tally = tally
  }

  package func metrics() async -> [Metric] {
    let tally = await tally()
    var samples: [RequestMetric: [Metric.Sample]] = [:]
    for (definition, count) in counters.counts(in: tally) where count > 0 || definition.labels.isEmpty {
      samples[definition.metric, default: []].append(Metric.Sample(Double(count), definition.labels))
    }
    let counted = RequestMetric.allCases.map {
      Metric($0.rawValue, .counter, $0.help, samples[$0] ?? [])
    }
    let durations = Metric(
      "tessera_token_request_duration_seconds",
      .histogram,
      "Time from the first byte of a token request to its answer.",
      [Metric.Sample(tally.durations)]
    )
    return counted + [durations]
  }
}

extension RequestMetric {
  fileprivate var help: String {
    switch self {
    case .tokenRequests: "Token requests that were answered."
    case .introspections: "Introspection requests that were answered."
    case .revocations: "Tokens that clients revoked at this node."
    case .quotaExcess: "Token requests beyond the quota of a client that only logs."
    }
  }
}
