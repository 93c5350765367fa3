import TesseraCore
import TesseraJOSE

/// Refuses every request that came without TLS, and names the URL to use.
///
/// It never redirects: whoever follows has sent the secret in clear already, and would go on doing so.
struct PlainPortRefusal: Endpoint {
  let path = "(plain)"
  let url: @Sendable () -> String

  func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse { refusal }

  func response(for error: OAuthError) -> EndpointResponse { refusal }

  private var refusal: EndpointResponse {
    let text = JSONValue.object([
      .init("error", .string("invalid_request")),
      .init("error_description", .string("plain HTTP is refused: use \(url())")),
    ]).text()
    return EndpointResponse(status: 403, headers: EndpointResponse.uncachedJSON, body: Array(text.utf8))
  }
}
