import TesseraJOSE

/// Why a request for a protected resource was refused (RFC 6750 §3.1).
enum BearerProblem: Sendable {
  /// There is no token: no error code (RFC 6750 §3.1).
  case noToken
  /// More than one token, or one where none may be (§2).
  case invalidRequest(String)
  /// The token is expired, revoked, malformed, not ours or for another API.
  case invalidToken
  /// The token has not all of these scopes.
  case insufficientScope(ScopeSet)

  /// The answer, with its challenge (RFC 6750 §3).
  ///
  /// The descriptions are fixed texts, and scopes have neither quote nor backslash.
  var response: EndpointResponse {
    let realm = #"Bearer realm="tessera""#
    switch self {
    case .noToken: return refusal(401, realm, "", "")
    case .invalidRequest(let text): return refusal(400, realm, "invalid_request", text)
    case .invalidToken: return refusal(401, realm, "invalid_token", "The access token is not valid")
    case .insufficientScope(let scopes):
      let challenge = #"\#(realm), scope="\#(scopes.joined(by: " "))""#
      return refusal(
        403,
        challenge,
        "insufficient_scope",
        "The access token does not have the required scope"
      )
    }
  }

  private func refusal(_ status: Int, _ challenge: String, _ code: String, _ text: String) -> EndpointResponse
  {
    guard !code.isEmpty else {
      var response = EndpointResponse(status: status, headers: EndpointResponse.uncachedJSON, body: [])
      response.headers.add("WWW-Authenticate", challenge)
      return response
    }
    var json = JSONText(capacity: 128)
    json.append(#"{"error":""#)
    json.append(unescaped: code)
    json.append(#"","error_description":""#)
    json.append(unescaped: text)
    json.append(#""}"#)
    var response = EndpointResponse(status: status, headers: EndpointResponse.uncachedJSON, body: json.bytes)
    response.headers.add(
      "WWW-Authenticate",
      #"\#(challenge), error="\#(code)", error_description="\#(text)""#
    )
    return response
  }
}
