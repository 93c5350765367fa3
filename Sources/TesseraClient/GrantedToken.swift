import NIOSSL

/// What a token service answered when it granted a token.
struct GrantedToken {
  let value: String
  /// Nil when the answer does not say, which means those that were asked for (RFC 6749 §5.1).
  let scopes: [String]?
  let lifetime: Duration
  /// When it was asked for, by the monotonic clock.
  ///
  /// The lifetime is counted from here rather than from the answer, so that a slow answer makes the token end
  /// too early rather than too late.
  let requestedAt: Duration
  /// How it is presented.
  var scheme = "Bearer"
  /// The connections that show the certificate with which it was asked for; nil for none.
  var tls: TLSConfiguration?
}
