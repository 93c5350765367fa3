import TesseraJOSE

extension OAuthError {
  /// The error as the documented contract shows it: five members in this order, the first three of them the
  /// HTTP status.
  var contractResponse: EndpointResponse {
    var json = JSONText(capacity: 192)
    json.append(#"{"statusCode":"#)
    json.append(status)
    json.append(#","status":"#)
    json.append(status)
    json.append(#","code":"#)
    json.append(status)
    json.append(#","message":""#)
    json.append(code.readableName)
    json.append(": ")
    json.append(reason)
    json.append(#"","name":""#)
    json.append(unescaped: code.rawValue)
    json.append(#""}"#)
    var response = EndpointResponse(status: status, headers: EndpointResponse.uncachedJSON, body: json.bytes)
    if needsBasicChallenge { response.headers.add("WWW-Authenticate", OAuthError.basicChallenge) }
    addCommonFields(to: &response)
    return response
  }
}

extension OAuthError.Code {
  fileprivate var readableName: StaticString {
    switch self {
    case .invalidRequest: "Invalid request"
    case .invalidClient: "Invalid client"
    case .invalidScope: "Invalid scope"
    case .invalidTarget: "Invalid target"
    case .invalidGrant: "Invalid grant"
    case .unauthorizedClient: "Unauthorized client"
    case .unsupportedGrantType: "Unsupported grant type"
    case .unsupportedResponseType: "Unsupported response type"
    case .slowDown: "Too many requests"
    case .temporarilyUnavailable: "Temporarily unavailable"
    case .notFound: "Not found"
    case .serverError: "Server error"
    case .invalidDPoPProof: "Invalid DPoP proof"
    case .useDPoPNonce: "Use DPoP nonce"
    }
  }
}
