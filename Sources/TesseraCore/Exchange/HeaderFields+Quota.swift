extension HeaderFields {
  /// Adds what the quota of a client is and what is left of it, as draft-ietf-httpapi-ratelimit-headers has it: the fields
  /// `RateLimit-Policy` and `RateLimit`.
  mutating func add(_ outcome: QuotaOutcome) {
    add("RateLimit-Policy", #""client";q=\#(outcome.quota.perMinute);w=60"#)
    add("RateLimit", #""client";r=\#(outcome.remaining);t=\#(outcome.reset)"#)
  }
}
