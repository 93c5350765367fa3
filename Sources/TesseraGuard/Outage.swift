/// Why it is not known whether a token is valid.
public struct Outage: Sendable, Hashable {
  /// What of the token service is concerned.
  public enum Source: Sendable, Hashable {
    /// The introspection endpoint (RFC 7662).
    case introspectionEndpoint
    /// The authorization server metadata (RFC 8414).
    case metadata
    /// The key set (RFC 7517 §5).
    case keySet
    /// The list of revoked tokens.
    case revocationFeed
  }

  /// What went wrong.
  public enum Reason: Sendable, Hashable {
    /// The token service could not be reached, or the connection broke.
    case unreachable
    /// The token service did not answer in time.
    case timedOut
    /// The token service does not accept our own client ID and secret, or does not answer us for another reason
    /// that is in our request: see the status.
    case refused(status: Int)
    /// The token service says that it cannot answer.
    case failed(status: Int)
    /// What came back is not what should be at this place.
    case malformedAnswer
    /// Our own client secret cannot be read from its file.
    case secretUnavailable
    /// Too many questions to the token service are under way.
    case overloaded
    /// The caller was cancelled while it waited.
    case cancelled
    /// The metadata is that of another issuer (RFC 8414 §3.3).
    case otherIssuer
    /// The metadata names an address that is neither `https` nor on this machine.
    case insecureAddress
    /// The metadata names no revocation feed, and ``AccessTokenVerifier/Settings/requiresRevocationFeed`` wants one.
    case noRevocationFeed
    /// A part of the revocation feed is not signed by the token service, or is not its own.
    case untrustedAnswer
    /// A part of the revocation feed is too old, or from the future: a cache keeps it for too long, or this machine's
    /// clock is wrong.
    case untimelyAnswer
    /// More is revoked than ``AccessTokenVerifier/Settings/maximumRevocations``.
    case tooManyRevocations
  }

  /// What went wrong.
  public let reason: Reason
  /// Where.
  public let source: Source
  /// After which time it makes sense to try again: for `Retry-After`.
  public let retryAfter: Duration

  /// An outage; for tests of the code that handles one.
  public init(
    _ reason: Reason,
    of source: Source = .introspectionEndpoint,
    retryAfter: Duration = .seconds(1)
  ) {
    self.reason = reason
    self.source = source
    self.retryAfter = retryAfter
  }
}
