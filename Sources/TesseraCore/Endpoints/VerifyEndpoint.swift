import TesseraJOSE
package import TesseraSupport

/// Forward authentication: a gateway asks whether the request it holds may pass.
///
/// For nginx `auth_request`, Traefik forwardAuth, Caddy forward_auth, HAProxy and Envoy ext_authz, which pass
/// the headers of the request on. The token is the one in its Authorization header; the caller needs no
/// credentials of its own. Any method is answered alike, because Envoy asks with that of the request.
package struct VerifyEndpoint: Endpoint {
  package let path = "/oauth2/verify"
  package let clock: WallClock
  private let inspector: TokenInspector
  private let trustedPeers: [AddressRange]?
  private let errors: StandardErrors

  /// `trustedPeers` are the gateways that may ask; nil for anybody.
  package init(
    inspector: TokenInspector,
    trustedPeers: [AddressRange]?,
    clock: WallClock,
    errors: StandardErrors
  ) {
    self.clock = clock
    self.inspector = inspector
    self.trustedPeers = trustedPeers
    self.errors = errors
  }

  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    let request = exchange.request
    try request.requirePeer(in: trustedPeers, named: "verify.trusted-peers")
    let needed = try Interruption.refusing { () throws(OAuthError) in try VerifyQuery(request.query ?? "") }
    guard !needed.hasToken else {
      return BearerProblem.invalidRequest("The access token must not be in the query").response
    }
    let authorization = request.headers.values(.authorization)
    guard authorization.count <= 1 else {
      return BearerProblem.invalidRequest("There is more than one Authorization header").response
    }
    guard let token = authorization.first.flatMap(BearerToken.init(authorization:)) else {
      return BearerProblem.noToken.response
    }
    return try verdict(on: token.text, needed, &exchange.view)
  }

  private func verdict(
    on token: Substring,
    _ needed: VerifyQuery,
    _ view: inout ServerView
  ) throws(Interruption) -> EndpointResponse {
    guard case .active(let opened) = try inspector.inspect(token.utf8, &view),
      needed.audience.map(opened.grant.audiences.contains) ?? true
    else { return BearerProblem.invalidToken.response }
    var response: EndpointResponse
    if needed.scopes.scopes.allSatisfy(opened.grant.scopes.contains) {
      response = granted(opened.grant)
    } else {
      response = BearerProblem.insufficientScope(needed.scopes).response
    }
    response.clientID = opened.grant.clientID
    return response
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
