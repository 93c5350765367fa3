/// Why a request was refused: a public text and a private detail that has no path to the wire.
package struct OAuthError: Error, Sendable {
  /// The error code (RFC 6749 §4.1.2.1 and §5.2, RFC 8707 §2, RFC 9449 §12.2), and four of our own for what the RFC leaves to HTTP.
  package enum Code: String, Sendable, CaseIterable {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case invalidScope = "invalid_scope"
    case invalidTarget = "invalid_target"
    case invalidGrant = "invalid_grant"
    case unauthorizedClient = "unauthorized_client"
    case unsupportedGrantType = "unsupported_grant_type"
    case unsupportedResponseType = "unsupported_response_type"
    case slowDown = "slow_down"
    case temporarilyUnavailable = "temporarily_unavailable"
    case notFound = "not_found"
    case invalidDPoPProof = "invalid_dpop_proof"
    case useDPoPNonce = "use_dpop_nonce"
    case serverError = "server_error"
  }

  /// What kind of refusal it is.
  package let code: Code
  /// What the caller is told.
  package let reason: PublicReason
  /// The HTTP status.
  package let status: Int
  /// For `Retry-After`: seconds until it makes sense to try again.
  package var retryAfter: Int?
  /// Whether the failed credentials came in an Authorization header, which makes it a 401 with a challenge.
  package var needsBasicChallenge = false
  /// Whether there were no credentials at all, for which RFC 6749 §5.2 leaves the status open.
  package var lacksCredentials = false
  /// For `DPoP-Nonce`: what the next proof has to have in it (RFC 9449 §8).
  var proofNonce: String?
  /// For `Allow`: the methods that would do (RFC 9110 §15.5.6).
  package var allowedMethods: StaticString?
  /// What went wrong, for operators.
  package var privateDetail: String?
  /// The client that was refused, once it was authenticated.
  ///
  /// For the log only.
  package var clientID: ClientID?
  /// What the quota of the client says of the request; nil for a client without one.
  package var quota: QuotaOutcome?
  /// The method by which the client authenticated, or tried to.
  ///
  /// For the metrics only, and so is the grant.
  var authenticationMethod: ClientAuthenticationMethod?
  /// Whether the client presented the token of a platform to prove who it is.
  ///
  /// For operators only.
  var isOfPlatformToken = false
  /// Whether it was counted under the client that was refused; else it is counted under none.
  var isCounted = false
  /// The grant that was asked for, where there is such a grant.
  var grantType: GrantType?
  /// What was asked for, as far as it can be shown.
  ///
  /// For operators only.
  var requested: RequestedAccess?

  /// A refusal with the status that belongs to its code.
  package init(_ code: Code, _ reason: PublicReason, status: Int? = nil, privateDetail: String? = nil) {
    self.code = code
    self.reason = reason
    self.status = status ?? code.status
    self.privateDetail = privateDetail
  }

  /// A method that the endpoint does not take (RFC 9110 §15.5.6).
  package static let methodNotAllowed: OAuthError = {
    var error = OAuthError(.invalidRequest, .methodMustBePOST, status: 405)
    error.allowedMethods = "POST"
    return error
  }()

  /// A method that does more than read, where only that can be done.
  package static let onlyRead: OAuthError = {
    var error = OAuthError(.invalidRequest, .methodMustBeGET, status: 405)
    error.allowedMethods = "GET, HEAD"
    return error
  }()

  /// A method that is neither for reading nor for a form.
  package static let onlyReadOrPost: OAuthError = {
    var error = OAuthError(.invalidRequest, .methodMustBeGETOrPOST, status: 405)
    error.allowedMethods = "GET, HEAD, POST"
    return error
  }()

  /// Failed client authentication by an Authorization header (RFC 6749 §5.2).
  package static func failedBasicAuthentication(privateDetail: String) -> OAuthError {
    var error = OAuthError(
      .invalidClient,
      .clientAuthenticationFailed,
      status: 401,
      privateDetail: privateDetail
    )
    error.needsBasicChallenge = true
    return error
  }

  /// No client authentication in the header, and nothing of it in the form.
  package static let noCredentials: OAuthError = {
    var error = OAuthError(.invalidClient, .credentialsMissing)
    error.lacksCredentials = true
    return error
  }()

  /// The store cannot answer and the answer is not in memory.
  package static func temporarilyUnavailable(_ privateDetail: String) -> OAuthError {
    var error = OAuthError(.temporarilyUnavailable, .tryAgainLater, privateDetail: privateDetail)
    error.retryAfter = 1
    return error
  }

  /// Too many failures; `seconds` until the next attempt is looked at.
  package static func slowDown(retryAfter seconds: Int) -> OAuthError {
    var error = OAuthError(.slowDown, .tryAgainLater)
    error.retryAfter = seconds
    return error
  }

  /// The client has used its quota up.
  static func overQuota(_ outcome: QuotaOutcome) -> OAuthError {
    var error = OAuthError(
      .slowDown,
      .tryAgainLater,
      privateDetail: "the client has used up its quota of \(outcome.quota)"
    )
    error.retryAfter = outcome.reset
    return error
  }
}

extension OAuthError.Code {
  fileprivate var status: Int {
    switch self {
    case .slowDown: 429
    case .temporarilyUnavailable: 503
    case .serverError: 500
    case .notFound: 404
    default: 400
    }
  }
}
