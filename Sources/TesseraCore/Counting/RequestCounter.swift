import Synchronization

/// What a request is counted by: a place in the table of its event loop.
package struct RequestCounter: Sendable, Hashable {
  /// The place.
  let place: Int
  /// Whether it is told how long the request took, too.
  let isTimed: Bool
}

/// What is counted of requests, named as Prometheus has it.
package enum RequestMetric: String, Sendable, CaseIterable {
  case tokenRequests = "tessera_token_requests_total"
  case introspections = "tessera_introspections_total"
  case revocations = "tessera_revocations_total"
  case quotaExcess = "tessera_quota_excess_total"
}

/// All counters of a server's requests: they are made with its endpoints, each for one combination of labels, so that
/// counting is an addition and nothing that a caller sends makes another.
package final class RequestCounters: Sendable {
  /// What a counter counts.
  package struct Definition: Sendable {
    package let metric: RequestMetric
    /// Names and values, in the order in which they are shown.
    package let labels: [(name: String, value: String)]
  }

  private struct State {
    var definitions: [Definition] = []
    /// By metric and labels.
    var places: [[String]: Int] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  /// The counter of these labels, the same for each event loop.
  func add(
    _ metric: RequestMetric,
    _ labels: [(name: String, value: String)] = []
  ) -> RequestCounter {
    let key = [metric.rawValue] + labels.flatMap { [$0.name, $0.value] }
    let place = state.withLock { state in
      if let known = state.places[key] { return known }
      state.definitions.append(Definition(metric: metric, labels: labels))
      state.places[key] = state.definitions.count - 1
      return state.definitions.count - 1
    }
    return RequestCounter(place: place, isTimed: metric == .tokenRequests)
  }

  /// The labels of a counter.
  package func labels(of counter: RequestCounter) -> [(name: String, value: String)] {
    state.withLock { $0.definitions[counter.place].labels }
  }

  /// What was counted, by counter.
  package func counts(in tally: RequestTally) -> [(definition: Definition, count: Int)] {
    state.withLock { $0.definitions }.enumerated().map { ($1, tally.count(at: $0)) }
  }
}
