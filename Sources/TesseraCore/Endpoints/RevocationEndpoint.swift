import TesseraJOSE
package import TesseraSupport

/// Token revocation (RFC 7009): a client gives back a token of its own.
package struct RevocationEndpoint: Endpoint {
  package let path = "/oauth2/revoke"
  private let vocabulary: FormRequest.Vocabulary
  private let clientAuthentication: ClientAuthentication
  private let inspector: TokenInspector
  private let directory: Directory
  private let allowance: RevocationAllowance
  package let metadataMember: StaticString? = "revocation_endpoint"
  package let authenticatesClients = true
  private let clock: WallClock
  private let errors: StandardErrors

  package init(
    clientAuthentication: ClientAuthentication,
    inspector: TokenInspector,
    directory: Directory,
    allowance: RevocationAllowance,
    clock: WallClock,
    errors: StandardErrors
  ) {
    self.clientAuthentication = clientAuthentication
    vocabulary = clientAuthentication.vocabulary([.token, .tokenTypeHint])
    self.inspector = inspector
    self.directory = directory
    self.allowance = allowance
    self.clock = clock
    self.errors = errors
  }

  /// 200 when the token is inactive for good: it was no token of ours (RFC 7009 §2.2), it has expired, it
  /// was revoked before, or its revocation is on disk now, by itself or with all that its client has.
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
    if let notBefore = client.registration.tokensNotBefore, token.grant.issuedAt < notBefore { return }
    if allowance.isExhausted(for: client.id) { throw .refused(client.refusal(.slowDown(retryAfter: 1))) }
    throw .awaiting { [directory, allowance, clock] () async throws(OAuthError) in
      let event = AuditEvent(
        time: clock.now,
        actor: "client:\(client.id)",
        action: .tokenRevoked,
        subject: token.id.description
      )
      do throws(OAuthError) {
        try await allowance.run(for: client.id) { () async throws(OAuthError) in
          do throws(StoreError) {
            try await directory.revoke(Revocation(of: token), audit: event)
          } catch {
            throw .temporarilyUnavailable(error.description)
          }
        }
      } catch {
        throw client.refusal(error)
      }
    }
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.protectedResponse(for: error) }
}
