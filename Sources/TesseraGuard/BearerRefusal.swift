/// Why a request for a protected resource was refused (RFC 6750 §3.1).
public enum BearerRefusal: Error, Sendable, Hashable {
  /// There is no Bearer token.
  case noToken
  /// There is more than one `Authorization` header field (RFC 6750 §2).
  case severalTokens
  /// The token is in the query of the URL, where logs and histories keep it (RFC 6750 §2.3).
  case tokenInQuery
  /// The token is malformed, expired, revoked, or not for this API.
  case invalidToken
  /// The token has not all of these scopes.
  case insufficientScope(required: [String])
  /// Whether the token is valid is not known.
  case unavailable(retryAfter: Duration)

  /// The refusal that a failed verification leads to.
  public init(_ error: VerificationError) {
    self =
      switch error {
      case .invalidToken: .invalidToken
      case .unavailable(let outage): .unavailable(retryAfter: outage.retryAfter)
      }
  }

  /// The HTTP status.
  public var status: Int {
    switch self {
    case .noToken, .invalidToken: 401
    case .severalTokens, .tokenInQuery: 400
    case .insufficientScope: 403
    case .unavailable: 503
    }
  }

  /// The error code; nil when there is no token, because a client that does not know that it needs one has made
  /// no mistake (RFC 6750 §3.1).
  public var code: String? {
    switch self {
    case .noToken: nil
    case .severalTokens, .tokenInQuery: "invalid_request"
    case .invalidToken: "invalid_token"
    case .insufficientScope: "insufficient_scope"
    case .unavailable: "temporarily_unavailable"
    }
  }

  /// What the code means here: a fixed text; nil when there is no code.
  public var explanation: String? {
    switch self {
    case .noToken: nil
    case .severalTokens: "There is more than one Authorization header"
    case .tokenInQuery: "The access token must not be in the query"
    case .invalidToken: "The access token is not valid"
    case .insufficientScope: "The access token does not have the required scope"
    case .unavailable: "The access token cannot be verified now; try again later"
    }
  }
}
