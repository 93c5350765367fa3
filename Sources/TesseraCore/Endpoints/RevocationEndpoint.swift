import TesseraJOSE
package import TesseraSupport

/// Token revocation (RFC 7009): a client gives back a token of its own.
package struct RevocationEndpoint: Endpoint {
  package let path = "/oauth2/revoke"
  private let vocabulary: FormRequest.Vocabulary
  private let clientAuthentication: ClientAuthentication
  private let inspector: TokenInspector
  private let replica: ReplicaReader
  private let allowance: RevocationAllowance
  package let metadataMember: StaticString? = "revocation_endpoint"
  package let authenticatesClients = true
  package let clock: WallClock
  private let errors: RFC6749Errors
  private let revocation = OneTimeStep<Void>()
  private let revoked: RequestCounter

  package init(
    clientAuthentication: ClientAuthentication,
    inspector: TokenInspector,
    replica: ReplicaReader,
    allowance: RevocationAllowance,
    clock: WallClock,
    errors: RFC6749Errors,
    counters: RequestCounters
  ) {
    self.clientAuthentication = clientAuthentication
    vocabulary = clientAuthentication.vocabulary([.token, .tokenTypeHint])
    self.inspector = inspector
    self.replica = replica
    self.allowance = allowance
    self.clock = clock
    self.errors = errors
    revoked = counters.add(.revocations)
  }

  /// 200 when the token is inactive for good: it was no token of ours (RFC 7009 §2.2), it has expired, it
  /// was revoked before, or its revocation is on disk now, by itself or with all that its client has.
  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    let (client, parameters) = try clientAuthentication.authenticatedForm(&exchange, vocabulary)
    do throws(Interruption) {
      try revoke(parameters, of: client, &exchange)
    } catch .refused(let refusal) {
      throw .refused(client.refusal(refusal))
    } catch {
      throw error
    }
    var response = EndpointResponse(
      status: 200,
      headers: EndpointResponse.uncachedJSON,
      body: Array("{}".utf8)
    )
    response.clientID = client.id
    if try exchange.outcome(of: revocation) != nil { response.counter = revoked }
    return response
  }

  /// RFC 7009 §2.1: a token that was issued to another client is refused, and stays as it is.
  private func revoke(
    _ parameters: FormParameters,
    of client: AuthenticatedClient,
    _ exchange: inout Exchange
  ) throws(Interruption) {
    if try exchange.outcome(of: revocation) != nil { return }
    guard let text = parameters[.token] else {
      throw .refused(OAuthError(.invalidRequest, .missingParameter(.token)))
    }
    guard let token = try inspector.open(text[...].utf8, &exchange.view) else { return }
    guard token.grant.clientID == client.id else {
      throw .refused(OAuthError(.invalidGrant, .tokenOfAnotherClient))
    }
    if token.grant.expiresAt <= exchange.time { return }
    if try replica.isRevoked(token.id) { return }
    if let notBefore = client.registration.tokensNotBefore, token.grant.issuedAt < notBefore { return }
    if allowance.isExhausted(for: client.id) { throw .refused(.slowDown(retryAfter: 1)) }
    let event = AuditEvent(
      time: exchange.time,
      actor: "client:\(client.id)",
      address: exchange.request.source.known?.description,
      action: .tokenRevoked,
      subject: token.id.description
    )
    try exchange.once(revocation) { [replica, allowance] () async throws(OAuthError) in
      try await allowance.run(for: client.id) { () async throws(OAuthError) in
        do throws(StoreError) {
          try await replica.replica.revoke(Revocation(of: token), audit: event)
        } catch {
          throw .temporarilyUnavailable(error.description)
        }
      }
    }
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.protectedResponse(for: error) }
}
