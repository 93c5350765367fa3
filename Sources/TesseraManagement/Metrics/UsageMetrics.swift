/// What there is to know of how clients use tokens. No client is named.
package struct UsageMetrics: MetricSource {
  private let needless: @Sendable () -> (clients: Int, tokens: Int64)?

  /// `needless` is how many clients fetch a token for each call, and how many tokens that were too many in a day; nil as
  /// long as it is not known.
  package init(needless: @escaping @Sendable () -> (clients: Int, tokens: Int64)?) {
    self.needless = needless
  }

  package func metrics() async -> [Metric] {
    let needless = needless()
    return [
      Metric(
        "tessera_clients_fetching_needlessly",
        .gauge,
        "Clients that fetched a token for each call in the last day, read once an hour.",
        needless.map { [Metric.Sample(Double($0.clients))] } ?? []
      ),
      Metric(
        "tessera_needless_tokens",
        .gauge,
        "Tokens of the last day that such clients need not have fetched, read once an hour.",
        needless.map { [Metric.Sample(Double($0.tokens))] } ?? []
      ),
    ]
  }
}
