package import TesseraSupport

/// Token introspection (RFC 7662): an API asks what a token is worth.
package struct IntrospectionEndpoint: Endpoint {
  package let path = "/oauth2/introspect"
  private let vocabulary: FormRequest.Vocabulary
  private let clientAuthentication: ClientAuthentication
  private let inspector: TokenInspector
  package let metadataMember: StaticString? = "introspection_endpoint"
  package let authenticatesClients = true
  package let clock: WallClock
  private let directory: Directory
  private let issuer: String
  private let errors: StandardErrors

  package init(
    clientAuthentication: ClientAuthentication,
    inspector: TokenInspector,
    directory: Directory,
    issuer: String,
    clock: WallClock,
    errors: StandardErrors
  ) {
    self.clientAuthentication = clientAuthentication
    vocabulary = clientAuthentication.vocabulary([.token, .tokenTypeHint])
    self.inspector = inspector
    self.directory = directory
    self.issuer = issuer
    self.clock = clock
    self.errors = errors
  }

  /// `token_type_hint` is accepted and makes no difference (RFC 7662 §2.1): there is one place to look.
  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    let (client, parameters) = try clientAuthentication.authenticatedForm(&exchange, vocabulary)
    guard let token = parameters[.token] else {
      throw .refused(client.refusal(OAuthError(.invalidRequest, .missingParameter(.token))))
    }
    var response = EndpointResponse(
      status: 200,
      headers: EndpointResponse.uncachedJSON,
      body: try answer(to: client.registration, token, &exchange.view)
    )
    response.clientID = client.id
    return response
  }

  /// One answer for all that is not active, so that a caller learns nothing about tokens that are not its
  /// concern (RFC 7662 §2.2, §4).
  ///
  /// Who has no right to introspect gets it too.
  private func answer(
    to caller: Client,
    _ token: String,
    _ view: inout ServerView
  ) throws(Interruption) -> [UInt8] {
    guard case .active(let opened) = try inspector.inspect(token[...].utf8, &view),
      opened.grant.audiences.contains(where: caller.introspectedResources.contains)
    else { return Array(#"{"active":false}"#.utf8) }
    let claims = try view.client(opened.grant.clientID, of: directory)?.client.claims ?? [:]
    return IntrospectionResponse.active(opened, claims: claims, issuer: issuer)
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.protectedResponse(for: error) }
}
