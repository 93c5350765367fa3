import CoreMetrics

/// What a source counts.
struct TokenSourceMetrics: Sendable {
  /// Token requests sent, repeated ones too.
  let requests: Counter
  /// Token requests that brought no token.
  let failures: Counter
  /// Tokens replaced in the background.
  let refreshes: Counter
  /// Calls that were answered from the cache.
  let cacheHits: Counter

  init(_ factory: any MetricsFactory) {
    requests = Counter(label: "tessera_client_token_requests", factory: factory)
    failures = Counter(label: "tessera_client_token_request_failures", factory: factory)
    refreshes = Counter(label: "tessera_client_token_refreshes", factory: factory)
    cacheHits = Counter(label: "tessera_client_token_cache_hits", factory: factory)
  }
}
