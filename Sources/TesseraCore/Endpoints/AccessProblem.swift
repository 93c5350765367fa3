import TesseraJOSE

/// Why a request for a protected resource was refused (RFC 6750 §3.1, RFC 9449 §7.1).
enum AccessProblem: Sendable {
  /// There is no token: no error code (RFC 6750 §3.1).
  case noToken
  /// More than one token, or one where none may be (§2).
  case invalidRequest(String)
  /// The token is expired, revoked, malformed, not ours or for another API, or is presented otherwise than it has to be.
  case invalidToken
  /// The token is bound to a key whose possession is not proven.
  case invalidProof
  /// The token has not all of these scopes.
  case insufficientScope(ScopeSet)

  /// The answer, with its challenge (RFC 6750 §3, RFC 9449 §7.1) to present a token in this way.
  ///
  /// The descriptions are fixed texts, and scopes have neither quote nor backslash.
  func response(_ scheme: PresentedToken.Scheme = .bearer) -> EndpointResponse {
    let realm = AccessProblem.challenge(scheme)
    switch self {
    case .noToken: return refusal(401, realm, "", "")
    case .invalidRequest(let text): return refusal(400, realm, "invalid_request", text)
    case .invalidToken: return refusal(401, realm, "invalid_token", "The access token is not valid")
    case .invalidProof: return refusal(401, realm, "invalid_dpop_proof", "The DPoP proof is not valid")
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

  /// The algorithms are those that a proof may be signed by.
  private static func challenge(_ scheme: PresentedToken.Scheme) -> String {
    switch scheme {
    case .bearer: #"Bearer realm="tessera""#
    case .dpop: #"DPoP realm="tessera", algs="\#(DPoPProof.algorithms.map(\.name).joined(separator: " "))""#
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
