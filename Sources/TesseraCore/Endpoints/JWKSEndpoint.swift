/// The public keys that verify our JWTs (RFC 7517 §5), pending ones too.
package struct JWKSEndpoint: Endpoint {
  package let path = "/.well-known/jwks.json"
  package let metadataMember: StaticString? = "jwks_uri"
  private let directory: Directory
  private let lifetime: Int
  private let errors: StandardErrors

  /// `lifetime` is how long the set may be kept, in seconds.
  package init(directory: Directory, lifetime: Int, errors: StandardErrors) {
    self.directory = directory
    self.lifetime = lifetime
    self.errors = errors
  }

  package func respond(to request: EndpointRequest) throws(Interruption) -> EndpointResponse {
    try request.requireRead()
    return try directory.facts().publishedKeys.response(to: request, lifetime: lifetime)
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.response(for: error) }
}
