package import TesseraSupport

/// An endpoint that pages of some origins may ask from a browser (the Fetch standard, §3.2), without cookies.
///
/// Everybody else gets the same answers as from the endpoint itself, so no answer depends on an origin that is not
/// listed.
package struct CrossOriginEndpoint: Endpoint {
  private let endpoint: any Endpoint
  private let origins: Set<String>

  /// `origins` are as browsers send them, such as `https://app.example.com`.
  package init(_ endpoint: any Endpoint, for origins: [String]) {
    self.endpoint = endpoint
    self.origins = Set(origins)
  }

  package var path: String { endpoint.path }
  package var metadataMember: StaticString? { endpoint.metadataMember }
  package var authenticatesClients: Bool { endpoint.authenticatesClients }
  package func paths(for issuer: IssuerIdentifier) -> [String] { endpoint.paths(for: issuer) }

  package func answer(_ request: EndpointRequest) -> EndpointAnswer {
    let named = request.headers.values(.origin)
    guard named.count == 1, origins.contains(named[0]) else { return endpoint.answer(request) }
    let origin = named[0]
    guard request.method != "OPTIONS" else { return .now(permission(to: origin)) }
    switch endpoint.answer(request) {
    case .now(let response): return .now(readable(response, by: origin))
    case .later(let pending): return .later(pending.map { readable($0, by: origin) })
    }
  }

  /// What is asked before a request that a form could not send (a preflight).
  private func permission(to origin: String) -> EndpointResponse {
    EndpointResponse(
      status: 204,
      headers: [
        "Access-Control-Allow-Origin": origin, "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type", "Access-Control-Max-Age": "600",
        "Cache-Control": "no-store", "Vary": "Origin",
      ],
      body: []
    )
  }

  private func readable(_ response: EndpointResponse, by origin: String) -> EndpointResponse {
    var response = response
    response.headers.add("Access-Control-Allow-Origin", origin)
    response.headers.add("Access-Control-Expose-Headers", "Retry-After, WWW-Authenticate")
    response.headers.add("Vary", "Origin")
    return response
  }

  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    try endpoint.respond(to: &exchange)
  }

  package func response(for error: OAuthError) -> EndpointResponse { endpoint.response(for: error) }
}
