/// Token revocation (RFC 7009): a client gives back a token of its own.
package struct RevocationEndpoint: Endpoint {
  package let path = "/oauth2/revoke"
  private let vocabulary: FormRequest.Vocabulary
  private let clientAuthentication: ClientAuthentication
  private let inspector: TokenInspector
  private let directory: Directory
  package let metadataMember: StaticString? = "revocation_endpoint"
  package let authenticatesClients = true
  private let clock: WallClock
  private let errors: StandardErrors

  package init(
    clientAuthentication: ClientAuthentication,
    inspector: TokenInspector,
    directory: Directory,
    clock: WallClock,
    errors: StandardErrors
  ) {
    self.clientAuthentication = clientAuthentication
    vocabulary = clientAuthentication.vocabulary([.token, .tokenTypeHint])
    self.inspector = inspector
    self.directory = directory
    self.clock = clock
    self.errors = errors
  }

  /// 200 when the token is inactive for good: it was no token of ours (RFC 7009 §2.2), it has expired, it
  /// was revoked before, or its revocation is on disk now.
  package func respond(to request: EndpointRequest) throws(Interruption) -> EndpointResponse {
    let (client, parameters) = try clientAuthentication.authenticatedForm(
      request,
      vocabulary
    )
    guard let token = parameters[.token] else {
      throw .refused(client.refusal(OAuthError(.invalidRequest, .missingParameter(.token))))
    }
    if let opened = try inspector.open(token[...].utf8) { try revoke(opened, for: client) }
    var response = EndpointResponse(
      status: 200,
      headers: EndpointResponse.uncachedJSON,
      body: Array("{}".utf8)
    )
    response.clientID = client.id
    return response
  }

  /// RFC 7009 §2.1: a token that was issued to another client is refused, and stays as it is.
  ///
  /// The revocation is the last thing this endpoint waits for: when it is asked again the token is revoked.
  private func revoke(_ token: OpenedToken, for client: AuthenticatedClient) throws(Interruption) {
    guard token.grant.clientID == client.id else {
      throw .refused(client.refusal(OAuthError(.invalidGrant, .tokenOfAnotherClient)))
    }
    if token.grant.expiresAt <= clock.now { return }
    if try directory.isRevoked(token.id) { return }
    throw .awaiting { [directory, clock] () async throws(OAuthError) in
      let event = AuditEvent(
        time: clock.now,
        actor: "client:\(client.id)",
        action: .tokenRevoked,
        subject: token.id.description
      )
      do throws(StoreError) {
        try await directory.revoke(
          Revocation(token: token.id, expiresAt: token.grant.expiresAt),
          audit: event
        )
      } catch {
        throw client.refusal(.temporarilyUnavailable(error.description))
      }
    }
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.protectedResponse(for: error) }
}
