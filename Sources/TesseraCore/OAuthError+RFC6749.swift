extension OAuthError {
  /// The error as RFC 6749 §5.2 shows it.
  ///
  /// Failed client authentication is 401 with a challenge, however the credentials came: the RFC allows 400
  /// where they came in the form, but one answer for one condition is easier to handle.
  var rfc6749Response: EndpointResponse {
    let status = code == .invalidClient ? 401 : status
    var json = JSONText(capacity: 128)
    json.append(#"{"error":""#)
    json.append(unescaped: code.rawValue)
    json.append(#"","error_description":""#)
    json.append(reason)
    json.append(#""}"#)
    var response = EndpointResponse(status: status, headers: EndpointResponse.uncachedJSON, body: json.bytes)
    if status == 401 { response.headers.add("WWW-Authenticate", OAuthError.basicChallenge) }
    addCommonFields(to: &response)
    return response
  }
}
