import CoreMetrics

/// What a verifier counts.
struct GuardMetrics: Sendable {
  /// Questions to the token service.
  let introspections: Counter
  /// Questions that brought no answer that counts.
  let failures: Counter
  /// Tokens that were verified, or refused, from the cache.
  let cacheHits: Counter
  /// Tokens that were not valid.
  let refusals: Counter

  init(_ factory: any MetricsFactory) {
    introspections = Counter(label: "tessera_guard_introspections", factory: factory)
    failures = Counter(label: "tessera_guard_introspection_failures", factory: factory)
    cacheHits = Counter(label: "tessera_guard_cache_hits", factory: factory)
    refusals = Counter(label: "tessera_guard_refused_tokens", factory: factory)
  }
}
