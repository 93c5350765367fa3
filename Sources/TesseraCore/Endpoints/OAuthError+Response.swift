extension OAuthError {
  /// What would do instead of the credentials that failed (RFC 7617 §2).
  static let basicChallenge = #"Basic realm="tessera", charset="UTF-8""#

  /// What the answer has in every dialect.
  func addCommonFields(to response: inout EndpointResponse) {
    if let retryAfter { response.headers.add("Retry-After", String(retryAfter)) }
    if let proofNonce { response.headers.add(HeaderFields.proofNonce, proofNonce) }
    if let allowedMethods { response.headers.add("Allow", allowedMethods.description) }
    response.privateDetail = privateDetail
    response.clientID = clientID
    response.refusal = RefusalCause(self)
  }
}
