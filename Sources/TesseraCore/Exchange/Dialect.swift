/// What differs between the two token endpoints: how scopes are written and how answers look.
package protocol Dialect: Sendable {
  /// What tells it from others.
  var name: String { get }

  /// The scopes that the request asks for; nil when it asks for none and so gets the default.
  func requestedScopes(in parameters: FormParameters) throws(OAuthError) -> ScopeSet?

  /// The answer to a request that was granted.
  func response(for token: IssuedToken) -> EndpointResponse

  /// The answer to a request that was refused.
  func response(for error: OAuthError) -> EndpointResponse
}
