extension OAuthError {
  /// The error as the documented contract shows it: five members in this order, the first three of them the
  /// HTTP status.
  var seedResponse: EndpointResponse {
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
    json.append(reason.text)
    if let parameter = reason.parameter {
      json.append(": ")
      json.append(parameter.text)
    }
    json.append(#"","name":""#)
    json.append(unescaped: code.rawValue)
    json.append(#""}"#)
    var response = EndpointResponse(status: status, headers: EndpointResponse.uncachedJSON, body: json.bytes)
    if needsBasicChallenge {
      response.headers.add("WWW-Authenticate", #"Basic realm="tessera", charset="UTF-8""#)
    }
    if let retryAfter { response.headers.add("Retry-After", String(retryAfter)) }
    if let allowedMethods { response.headers.add("Allow", allowedMethods.description) }
    response.privateDetail = privateDetail
    response.clientID = clientID
    return response
  }
}

extension OAuthError.Code {
  fileprivate var readableName: StaticString {
    switch self {
    case .invalidRequest: "Invalid request"
    case .invalidClient: "Invalid client"
    case .invalidScope: "Invalid scope"
    case .unauthorizedClient: "Unauthorized client"
    case .unsupportedGrantType: "Unsupported grant type"
    case .slowDown: "Too many requests"
    case .temporarilyUnavailable: "Temporarily unavailable"
    case .notFound: "Not found"
    case .serverError: "Server error"
    }
  }
}
