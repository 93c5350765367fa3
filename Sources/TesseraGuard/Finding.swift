/// What the token service says about a token (RFC 7662 §2.2).
enum Finding: Sendable {
  case active(VerifiedAccessToken)
  case inactive
}

/// The token service has said nothing that counts.
struct IntrospectionFailure: Error {
  let outage: Outage
  /// How long not to ask again; nil to ask with the next token.
  let pause: Duration?

  init(_ reason: Outage.Reason, pause: Duration? = nil) {
    outage = Outage(reason, retryAfter: pause ?? .seconds(1))
    self.pause = pause
  }
}
