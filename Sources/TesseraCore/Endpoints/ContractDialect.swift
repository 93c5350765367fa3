import TesseraJOSE

/// The dialect of the documented contract, `POST /oauth/token`.
package struct ContractDialect: Dialect {
  package let name = "contract"

  package init() {}

  /// A comma separates scopes; spaces around it and plain spaces are accepted too.
  package func requestedScopes(in parameters: FormParameters) throws(OAuthError) -> ScopeSet? {
    guard let text = parameters[.scope], !text.utf8.allSatisfy({ $0 == UInt8(ascii: " ") }) else {
      throw OAuthError(.invalidScope, .missingParameter(.scope))
    }
    guard let names = ScopeList.names(in: text), let scopes = ScopeSet(names: names) else {
      throw OAuthError(.invalidScope, .requestedScopeIsInvalid)
    }
    return scopes
  }

  /// Exactly the three members of the contract, in its order; and the type of a token that is no Bearer token, by the name
  /// that it has for whoever asks for one (RFC 9449 §5).
  package func response(for token: IssuedToken) -> EndpointResponse {
    var json = JSONText(capacity: token.text.count + 256)
    json.append(#"{"accessToken":""#)
    json.append(unescaped: token.text)
    json.append(#"","accessTokenExpiresAt":""#)
    json.append(iso8601: token.grant.expiresAt)
    json.append(#"","scope":""#)
    json.append(unescaped: token.grant.access.commaSeparatedScopes)
    if case .key = token.grant.confirmation { json.append(#"","token_type":"DPoP"#) }
    json.append(#""}"#)
    return EndpointResponse(status: 200, headers: EndpointResponse.uncachedJSON, body: json.bytes)
  }

  package func response(for error: OAuthError) -> EndpointResponse {
    error.contractResponse
  }
}
