import AsyncHTTPClient
import TesseraFetching

/// Writes token requests (RFC 6749 §4.4.2).
struct TokenRequestBuilder: Sendable {
  let endpoint: TokenEndpointURL
  let dialect: TokenDialect
  let authentication: ClientAuthentication

  /// The request for a token.
  func request(_ key: TokenKey, _ credentials: ClientCredentials) -> HTTPClientRequest {
    var form = [(name: "grant_type", value: "client_credentials")]
    if authentication == .clientSecretPost {
      form.append(("client_id", credentials.clientID))
      form.append(("client_secret", credentials.clientSecret))
    }
    if !key.scopes.isEmpty {
      form.append(("scope", key.scopes.joined(separator: String(dialect.scopeSeparator))))
    }
    // RFC 8707 calls an audience that is asked for a resource.
    if let audience = key.audience { form.append(("resource", audience)) }
    var request = HTTPClientRequest.form(form, to: endpoint.text, userAgent: "TesseraClient")
    if authentication == .clientSecretBasic {
      request.authenticate(clientID: credentials.clientID, secret: credentials.clientSecret)
    }
    return request
  }
}
