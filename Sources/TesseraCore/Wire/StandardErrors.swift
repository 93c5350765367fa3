/// Errors as RFC 6749 §5.2 shows them, for every endpoint but that of the documented contract.
package struct StandardErrors: Sendable {
  /// A page about errors; nil when there is none.
  ///
  /// A URL without fragment, to which the code is added as one.
  private let documentation: String?

  package init(documentation: String?) {
    self.documentation = documentation
  }

  /// The answer.
  ///
  /// Failed client authentication is 401 with a challenge, however the credentials came: the RFC allows 400
  /// where they came in the form, but one answer for one condition is easier to handle.
  func response(for error: OAuthError) -> EndpointResponse {
    let status = error.code == .invalidClient ? 401 : error.status
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
    if status == 401 { response.headers.add("WWW-Authenticate", OAuthError.basicChallenge) }
    error.addCommonFields(to: &response)
    return response
  }
}
