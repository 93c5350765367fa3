package import TesseraSupport

/// The token endpoint (RFC 6749 §3.2): authenticate, look the grant up, authorize, issue, render.
package struct TokenEndpoint: Endpoint {
  package let path: String
  package let metadataMember: StaticString?
  package let authenticatesClients = true
  private let dialect: any Dialect
  private let clientAuthentication: ClientAuthentication
  private let grants: [any GrantHandler]
  private let bindings: [any TokenBinding]
  private let profile: SecurityProfile?
  private let replica: ReplicaReader
  private let issuer: TokenIssuer
  package let clock: WallClock
  private let vocabulary: FormRequest.Vocabulary
  private let counters: TokenRequestCounters

  package init(
    path: String,
    metadataMember: StaticString? = nil,
    dialect: any Dialect,
    clientAuthentication: ClientAuthentication,
    grants: [any GrantHandler],
    bindings: [any TokenBinding],
    profile: SecurityProfile? = nil,
    replica: ReplicaReader,
    issuer: TokenIssuer,
    clock: WallClock,
    counters: RequestCounters
  ) {
    self.path = path
    self.metadataMember = metadataMember
    self.dialect = dialect
    self.clientAuthentication = clientAuthentication
    self.grants = grants
    self.bindings = bindings
    self.profile = profile
    self.replica = replica
    self.issuer = issuer
    self.clock = clock
    vocabulary = clientAuthentication.vocabulary(
      [.grantType] + grants.flatMap(\.parameters),
      repeatable: grants.flatMap(\.repeatableParameters)
    )
    self.counters = TokenRequestCounters(
      dialect: dialect.name,
      grants: grants.map(\.grantType),
      methods: clientAuthentication.methods,
      in: counters
    )
  }

  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    do throws(Interruption) {
      let (client, parameters) = try clientAuthentication.authenticatedForm(&exchange, vocabulary)
      do throws(Interruption) {
        try checkQuota(of: client, &exchange)
        return try token(for: client, parameters, &exchange)
      } catch .refused(var refusal) {
        refusal.quota = exchange.quota
        refusal.proofNonce = exchange.proofNonce
        throw .refused(client.refusal(refusal))
      } catch {
        throw error
      }
    } catch .refused(var refusal) {
      refusal.grantType = exchange.form?.bytes(.grantType).flatMap(handler)?.grantType
      if let client = exchange.client?.cached ?? exchange.authentication?.refusedClient {
        replica.notes.noteDenied(refusal.code, client, at: exchange.time)
        refusal.isCounted = true
      }
      refusal.requested = exchange.requestedAccess(knownTo: try? exchange.view.facts(of: replica))
      throw .refused(refusal)
    } catch {
      throw error
    }
  }

  /// Takes the request off the quota of its client, once, whatever comes of it.
  private func checkQuota(of client: AuthenticatedClient, _ exchange: inout Exchange) throws(Interruption) {
    guard exchange.quota == nil, let outcome = replica.replica.takeRequest(of: client.cached) else { return }
    exchange.quota = outcome
    if outcome.isRefused { throw .refused(.overQuota(outcome)) }
  }

  private func token(
    for client: AuthenticatedClient,
    _ parameters: FormParameters,
    _ exchange: inout Exchange
  ) throws(Interruption) -> EndpointResponse {
    let handler = try Interruption.refusing { () throws(OAuthError) in
      try grantHandler(for: client, parameters)
    }
    let confirmation = try confirmation(for: client, &exchange)
    let facts = try exchange.view.facts(of: replica)
    let request = GrantRequest(
      client: client,
      parameters: parameters,
      dialect: dialect,
      time: exchange.time,
      facts: facts,
      confirmation: confirmation
    )
    let grant = try handler.authorize(request, &exchange)
    let token = try Interruption.refusing { () throws(OAuthError) in
      try issuer.issue(grant, to: client.cached, with: facts)
    }
    replica.notes.noteIssued(grant.access, to: client.cached, at: exchange.time)
    var response = dialect.response(for: token)
    response.clientID = client.id
    response.counter = counters.issued(handler.grantType, client.method)
    if let quota = exchange.quota { tell(of: quota, in: &response) }
    if let nonce = exchange.proofNonce { response.headers.add(HeaderFields.proofNonce, nonce) }
    return response
  }

  /// The key that the token is bound to; nil for none.
  private func confirmation(
    for client: AuthenticatedClient,
    _ exchange: inout Exchange
  ) throws(Interruption) -> Confirmation? {
    var confirmation: Confirmation?
    for binding in bindings {
      guard let key = try binding.confirmation(for: client, &exchange) else { continue }
      guard confirmation == nil else { throw .refused(OAuthError(.invalidRequest, .severalBindings)) }
      confirmation = key
    }
    // FAPI 2.0 §5.3.2.1: no token that works for whoever has it.
    guard confirmation != nil || (profile ?? client.cached.rules.profile) == nil else {
      throw .refused(OAuthError(.invalidRequest, .bindingMissing))
    }
    return confirmation
  }

  private func grantHandler(
    for client: AuthenticatedClient,
    _ parameters: FormParameters
  ) throws(OAuthError) -> any GrantHandler {
    guard let name = parameters.bytes(.grantType) else {
      throw OAuthError(.invalidRequest, .missingParameter(.grantType))
    }
    guard let handler = handler(name) else {
      throw OAuthError(.unsupportedGrantType, .grantTypeNotSupported)
    }
    guard client.registration.grantTypes.contains(handler.grantType) else {
      throw OAuthError(.unauthorizedClient, .grantTypeNotAllowed)
    }
    return handler
  }

  private func handler(_ name: ArraySlice<UInt8>) -> (any GrantHandler)? {
    grants.first { $0.grantType.name.utf8.elementsEqual(name) }
  }

  package func response(for error: OAuthError) -> EndpointResponse {
    if !error.isCounted { replica.notes.noteDenied(error.code, nil, at: clock.now) }
    var response = dialect.response(for: error)
    response.counter = counters.refused(error)
    if let quota = error.quota { tell(of: quota, in: &response) }
    return response
  }

  /// Says in the answer how much of the quota is left, and counts what only logs.
  private func tell(of quota: QuotaOutcome, in response: inout EndpointResponse) {
    if !quota.quota.isLogOnly {
      response.headers.add(quota)
    } else if quota.isExceeded {
      response.excessCounter = counters.quotaExcess
    }
  }
}
