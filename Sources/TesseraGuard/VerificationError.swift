/// Why a token was not accepted.
///
/// Neither tokens nor secrets can be in it.
public enum VerificationError: Error, Sendable, Hashable {
  /// The token is malformed, expired, revoked, not from this token service or not for this API: answer 401.
  case invalidToken
  /// Whether the token is valid is not known: answer 503, never 401 and never as if it were valid.
  case unavailable(Outage)
}

/// Why it is not known whether a token is valid.
public struct Outage: Sendable, Hashable {
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
    /// What came back is not the answer of an introspection endpoint.
    case malformedAnswer
    /// Our own client secret cannot be read from its file.
    case secretUnavailable
    /// Too many questions to the token service are under way.
    case overloaded
    /// The caller was cancelled while it waited.
    case cancelled
  }

  /// What went wrong.
  public let reason: Reason
  /// After which time it makes sense to try again: for `Retry-After`.
  public let retryAfter: Duration

  /// An outage; for tests of the code that handles one.
  public init(_ reason: Reason, retryAfter: Duration = .seconds(1)) {
    self.reason = reason
    self.retryAfter = retryAfter
  }
}

extension VerificationError: CustomStringConvertible {
  /// One line for a log.
  public var description: String {
    switch self {
    case .invalidToken: "the access token is not valid"
    case .unavailable(let outage): "the access token cannot be verified: \(outage.reason)"
    }
  }
}

extension Outage.Reason: CustomStringConvertible {
  /// Some words for a log.
  public var description: String {
    switch self {
    case .unreachable: "the introspection endpoint cannot be reached"
    case .timedOut: "the introspection endpoint did not answer in time"
    case .refused(status: 401): "the introspection endpoint does not accept our client ID and secret (401)"
    case .refused(let status): "the introspection endpoint refused our request (\(status))"
    case .failed(let status): "the introspection endpoint cannot answer (\(status))"
    case .malformedAnswer: "the answer is not that of an introspection endpoint"
    case .secretUnavailable: "our client secret cannot be read"
    case .overloaded: "too many introspections are under way"
    case .cancelled: "the caller was cancelled"
    }
  }
}
