import CoreMetrics

/// What a verifier counts.
struct GuardMetrics: Sendable {
  /// Questions to the token service about a token.
  let introspections: Counter
  /// Questions that brought no answer that counts.
  let failures: Counter
  /// Tokens that were verified, or refused, from the cache.
  let cacheHits: Counter
  /// Tokens that were not valid.
  let refusals: Counter
  /// How often the keys were asked for.
  let keyFetches: Counter
  /// How often that brought none.
  let keyFetchFailures: Counter
  /// How often the revocation feed was asked, each of its pages once.
  let revocationFetches: Counter
  /// How often following the feed failed.
  let revocationFetchFailures: Counter

  init(_ factory: any MetricsFactory) {
    func counter(_ name: String) -> Counter { Counter(label: "tessera_guard_" + name, factory: factory) }
    introspections = counter("introspections")
    failures = counter("introspection_failures")
    cacheHits = counter("cache_hits")
    refusals = counter("refused_tokens")
    keyFetches = counter("key_fetches")
    keyFetchFailures = counter("key_fetch_failures")
    revocationFetches = counter("revocation_fetches")
    revocationFetchFailures = counter("revocation_fetch_failures")
  }
}
