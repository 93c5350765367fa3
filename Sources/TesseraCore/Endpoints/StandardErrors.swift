import TesseraJOSE

/// Errors as RFC 6749 §5.2 shows them, for every endpoint but that of the documented contract.
package struct StandardErrors: Sendable {
  /// A page about errors; nil when there is none.
  ///
  /// A URL without fragment, to which the code is added as one.
  private let documentation: String?

  package init(documentation: String?) {
    self.documentation = documentation
  }

  /// The answer of the token endpoint.
  ///
  /// Credentials that failed are 401 with a challenge where they came in the header, as RFC 6749 §5.2 asks, and where
  /// there were none. Where they came in the form it is 400: to a client that sent no header a challenge says
  /// nothing, and many libraries report it in place of the error.
  package func response(for error: OAuthError) -> EndpointResponse {
    response(for: error, isChallenge: error.needsBasicChallenge || error.lacksCredentials)
  }

  /// The answer of an endpoint that is a protected resource for its callers, as introspection is (RFC 7662 §2.3):
  /// 401 with a challenge, however the credentials came.
  func protectedResponse(for error: OAuthError) -> EndpointResponse {
    response(for: error, isChallenge: error.code == .invalidClient)
  }

  private func response(for error: OAuthError, isChallenge: Bool) -> EndpointResponse {
    let status = isChallenge ? 401 : error.status
    var json = JSONText(capacity: 128)
    json.append(#"{"error":""#)
    json.append(unescaped: error.code.rawValue)
    json.append(#"","error_description":""#)
    json.append(error.reason)
    if let documentation {
      json.append(#"","error_uri":""#)
      json.append(unescaped: documentation)
      json.append("#")
      json.append(unescaped: error.code.rawValue)
    }
    json.append(#""}"#)
    var response = EndpointResponse(status: status, headers: EndpointResponse.uncachedJSON, body: json.bytes)
    if isChallenge { response.headers.add("WWW-Authenticate", OAuthError.basicChallenge) }
    error.addCommonFields(to: &response)
    return response
  }
}
