import TesseraJOSE

/// The dialect of RFC 6749, `POST /oauth2/token`: what every OAuth library speaks.
package struct RFC6749Dialect: Dialect {
  package let name = "rfc6749"
  private let errors: RFC6749Errors

  package init(errors: RFC6749Errors) {
    self.errors = errors
  }

  /// Only a space separates scopes (RFC 6749 §3.3); a comma is a character of one.
  package func requestedScopes(in parameters: FormParameters) throws(OAuthError) -> ScopeSet? {
    guard let names = parameters[.scope]?.split(separator: " "), !names.isEmpty else { return nil }
    guard let scopes = ScopeSet(names: names) else {
      throw OAuthError(.invalidScope, .requestedScopeIsInvalid)
    }
    return scopes
  }

  /// RFC 6749 §5.1, RFC 9449 §5.
  package func response(for token: IssuedToken) -> EndpointResponse {
    let lifetime = token.grant.lifetime
    var json = JSONText(capacity: token.text.count + 256)
    json.append(#"{"access_token":""#)
    json.append(unescaped: token.text)
    json.append(#"","token_type":""#)
    json.append(token.grant.confirmation?.tokenType ?? "Bearer")
    json.append(#"","expires_in":"#)
    json.append(lifetime)
    json.append(#","scope":""#)
    json.append(unescaped: token.grant.access.spaceSeparatedScopes)
    json.append(#""}"#)
    return EndpointResponse(status: 200, headers: EndpointResponse.uncachedJSON, body: json.bytes)
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.response(for: error) }
}
