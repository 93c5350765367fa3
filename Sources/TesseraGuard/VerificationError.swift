/// Why a token was not accepted.
///
/// Neither tokens nor secrets can be in it.
public enum VerificationError: Error, Sendable, Hashable {
  /// The token is malformed, expired, revoked, not from this token service or not for this API: answer 401.
  case invalidToken
  /// Whether the token is valid is not known: answer 503, never 401 and never as if it were valid.
  case unavailable(Outage)
}

extension VerificationError: CustomStringConvertible {
  /// One line for a log.
  public var description: String {
    switch self {
    case .invalidToken: "the access token is not valid"
    case .unavailable(let outage): "the access token cannot be verified: \(outage)"
    }
  }
}
