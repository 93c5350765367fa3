import TesseraCore
import TesseraSupport

/// An endpoint that docs/guides/endpoint.md makes: it says which scopes a token has.
struct ScopesEndpoint: Endpoint {
  let path = "/oauth2/scopes"
  let metadataMember: StaticString? = "scopes_endpoint"
  let clock: WallClock
  let inspector: TokenInspector
  let errors: StandardErrors

  func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    guard exchange.request.method == "POST" else { throw .refused(.methodNotAllowed) }
    let token = String(decoding: exchange.request.body, as: UTF8.self)
    guard case .active(let opened) = try inspector.inspect(token[...].utf8, &exchange.view) else {
      throw .refused(OAuthError(.invalidRequest, .tokenIsInactive))
    }
    let scopes = opened.grant.scopes.joined(by: " ")
    return EndpointResponse(status: 200, headers: ["Cache-Control": "no-store"], body: Array(scopes.utf8))
  }

  func response(for error: OAuthError) -> EndpointResponse { errors.response(for: error) }
}

extension PublicReason {
  static let tokenIsInactive = PublicReason("The token is not active")
}
