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
  private let replica: ReplicaReader
  private let issuer: String
  private let errors: RFC6749Errors
  private let counters: IntrospectionCounters

  package init(
    clientAuthentication: ClientAuthentication,
    inspector: TokenInspector,
    replica: ReplicaReader,
    issuer: String,
    clock: WallClock,
    errors: RFC6749Errors,
    counters: RequestCounters
  ) {
    self.clientAuthentication = clientAuthentication
    vocabulary = clientAuthentication.vocabulary([.token, .tokenTypeHint])
    self.inspector = inspector
    self.replica = replica
    self.issuer = issuer
    self.clock = clock
    self.errors = errors
    self.counters = IntrospectionCounters(in: counters)
  }

  /// `token_type_hint` is accepted and makes no difference (RFC 7662 §2.1): there is one place to look.
  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    let (client, parameters) = try clientAuthentication.authenticatedForm(&exchange, vocabulary)
    guard let token = parameters[.token] else {
      throw .refused(client.refusal(OAuthError(.invalidRequest, .missingParameter(.token))))
    }
    let active = try answer(to: client.registration, token, &exchange.view)
    var response = EndpointResponse(
      status: 200,
      headers: EndpointResponse.uncachedJSON,
      body: active ?? Array(#"{"active":false}"#.utf8)
    )
    response.clientID = client.id
    response.counter = active == nil ? counters.inactive : counters.active
    return response
  }

  /// What is said of an active token; nil for all that is not active, which has one answer, so that a caller learns
  /// nothing about tokens that are not its concern (RFC 7662 §2.2, §4).
  ///
  /// Who has no right to introspect gets that too.
  private func answer(
    to caller: Client,
    _ token: String,
    _ view: inout ServerView
  ) throws(Interruption) -> [UInt8]? {
    guard case .active(let opened) = try inspector.inspect(token[...].utf8, &view),
      opened.grant.audiences.contains(where: caller.introspectedResources.contains)
    else { return nil }
    let claims = try view.client(opened.grant.clientID, of: replica)?.client.claims ?? [:]
    return IntrospectionResponse.active(opened, claims: claims, issuer: issuer)
  }

  package func response(for error: OAuthError) -> EndpointResponse {
    var response = errors.protectedResponse(for: error)
    response.counter = counters.refused(error)
    return response
  }
}
