import AsyncHTTPClient
import NIOHTTP1
import NIOSSL
import TesseraFetching

/// Writes token requests (RFC 6749 §4.4.2).
struct TokenRequestBuilder: Sendable {
  let endpoint: TokenEndpointURL
  let dialect: TokenDialect

  /// The request for a token, by a client that proves who it is, and maybe has a key that the token is to be bound to
  /// (RFC 9449 §5) or a certificate (RFC 8705 §3).
  func request(
    _ key: TokenKey,
    _ client: ClientProof,
    dpop: String? = nil,
    tls: TLSConfiguration? = nil
  ) -> HTTPClientRequest {
    var form = [(name: "grant_type", value: "client_credentials")] + client.form
    if !key.scopes.isEmpty {
      form.append(("scope", key.scopes.joined(separator: String(dialect.scopeSeparator))))
    }
    // RFC 8707 calls an audience that is asked for a resource.
    if let audience = key.audience { form.append(("resource", audience)) }
    var request = HTTPClientRequest.form(form, to: endpoint.text, userAgent: "TesseraClient")
    if let basic = client.basic { request.authenticate(clientID: basic.clientID, secret: basic.secret) }
    if let dpop { request.headers.add(name: "DPoP", value: dpop) }
    request.tlsConfiguration = tls
    return request
  }
}
