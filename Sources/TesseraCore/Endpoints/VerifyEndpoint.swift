import TesseraJOSE
package import TesseraSupport

/// Forward authentication: a gateway asks whether the request it holds may pass.
///
/// For nginx `auth_request`, Traefik forwardAuth, Caddy forward_auth, HAProxy and Envoy ext_authz, which pass
/// the headers of the request on. The token is the one in its Authorization header. One that is bound to a key is good only
/// with a proof (RFC 9449 §7) for the request that the gateway tells of, or with the certificate that it passes on (RFC 8705
/// §3). The caller needs no credentials of its own. Any method is answered alike, because Envoy asks with that of the request.
package struct VerifyEndpoint: Endpoint {
  package let path = "/oauth2/verify"
  package let clock: WallClock
  private let inspector: TokenInspector
  private let trustedPeers: [AddressRange]?
  private let seenProofs: SeenProofs
  private let errors: RFC6749Errors

  /// `trustedPeers` are the gateways that may ask; nil for anybody. `seenProofs` are those that came to this node.
  package init(
    inspector: TokenInspector,
    trustedPeers: [AddressRange]?,
    seenProofs: SeenProofs,
    clock: WallClock,
    errors: RFC6749Errors
  ) {
    self.clock = clock
    self.inspector = inspector
    self.trustedPeers = trustedPeers
    self.seenProofs = seenProofs
    self.errors = errors
  }

  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    let request = exchange.request
    try request.requirePeer(in: trustedPeers, named: "verify.trusted-peers")
    let needed = try Interruption.refusing { () throws(OAuthError) in try VerifyQuery(request.query ?? "") }
    guard !needed.hasToken else {
      return AccessProblem.invalidRequest("The access token must not be in the query").response()
    }
    let authorization = request.headers.values(.authorization)
    guard authorization.count <= 1 else {
      return AccessProblem.invalidRequest("There is more than one Authorization header").response()
    }
    guard let presented = authorization.first.flatMap(PresentedToken.init(authorization:)) else {
      return AccessProblem.noToken.response()
    }
    return try verdict(on: presented, needed, &exchange)
  }

  private func verdict(
    on presented: PresentedToken,
    _ needed: VerifyQuery,
    _ exchange: inout Exchange
  ) throws(Interruption) -> EndpointResponse {
    guard case .active(let opened) = try inspector.inspect(presented.text.utf8, &exchange.view),
      needed.audience.map(opened.grant.audiences.contains) ?? true
    else { return AccessProblem.invalidToken.response(presented.scheme) }
    var response: EndpointResponse
    if let refusal = try refusal(of: presented, opened.grant, exchange) {
      response = refusal
    } else if needed.scopes.scopes.allSatisfy(opened.grant.scopes.contains) {
      response = granted(opened.grant)
    } else {
      response = AccessProblem.insufficientScope(needed.scopes).response(presented.scheme)
    }
    response.clientID = opened.grant.clientID
    return response
  }

  /// The answer to who does not prove possession of the key that a token is bound to; nil where there is nothing to prove,
  /// or it is proven.
  private func refusal(
    of presented: PresentedToken,
    _ grant: AccessGrant,
    _ exchange: borrowing Exchange
  ) throws(Interruption) -> EndpointResponse? {
    switch (presented.scheme, grant.confirmation) {
    case (.bearer, nil): return nil
    case (.bearer, .certificate(let thumbprint)):
      guard exchange.request.origin.clientCertificate?.thumbprint != thumbprint else { return nil }
      return refusal(.invalidToken, .bearer, "the certificate that the token is bound to was not passed on")
    case (.bearer, .key):
      return refusal(.invalidToken, .dpop, "the token is bound to a key and was sent as a Bearer token")
    case (.dpop, .key(let thumbprint)):
      guard let detail = try objection(to: exchange, presented.text, of: grant.clientID, thumbprint) else {
        return nil
      }
      return refusal(.invalidProof, .dpop, detail)
    case (.dpop, _): return refusal(.invalidToken, .dpop, "the token is bound to no key")
    }
  }

  private func refusal(
    _ problem: AccessProblem,
    _ scheme: PresentedToken.Scheme,
    _ detail: String
  ) -> EndpointResponse {
    var response = problem.response(scheme)
    response.privateDetail = detail
    return response
  }

  /// What is wrong with the proof in a request of a gateway; nil for nothing.
  ///
  /// Proofs are remembered by this node alone (decision 34).
  private func objection(
    to exchange: borrowing Exchange,
    _ token: Substring,
    of clientID: ClientID,
    _ thumbprint: [UInt8]
  ) throws(Interruption) -> String? {
    let headers = exchange.request.headers
    let held: ForwardedRequest
    do throws(ForwardedRequest.Problem) {
      held = try ForwardedRequest(headers)
    } catch {
      return error.rawValue
    }
    let use = DPoPProof.Use(method: held.method, targets: [held.target], token: String(token))
    let proof: DPoPProof
    do throws(DPoPProblem) {
      proof = try DPoPProof(headers.values(.dpop), for: use, at: exchange.time)
    } catch {
      return error == .otherTarget ? error.rawValue + " than \(held.target)" : error.rawValue
    }
    guard proof.thumbprint == thumbprint else { return "the token is bound to another key" }
    switch seenProofs.take(proof, of: clientID.rawValue, at: exchange.time) {
    case .new: return nil
    case .seen: return "the DPoP proof was used before"
    case .noRoom: throw .refused(.temporarilyUnavailable("there is no room to remember more DPoP proofs"))
    }
  }

  private func granted(_ grant: AccessGrant) -> EndpointResponse {
    EndpointResponse(
      status: 200,
      headers: [
        "Cache-Control": "no-store", "Pragma": "no-cache", "X-Auth-Client-Id": grant.clientID.rawValue,
        "X-Auth-Scope": grant.access.spaceSeparatedScopes, "X-Auth-Audience": grant.audienceText,
        "X-Auth-Expires-At": grant.expiresAt.iso8601,
      ],
      body: []
    )
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.response(for: error) }
}
