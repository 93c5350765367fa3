import AsyncHTTPClient
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes token requests (RFC 6749 §4.4.2).
struct TokenRequestBuilder: Sendable {
  let endpoint: TokenEndpointURL
  let dialect: TokenDialect
  let authentication: ClientAuthentication

  /// The request for a token.
  func request(_ key: TokenKey, _ credentials: ClientCredentials) -> HTTPClientRequest {
    var form = [(name: "grant_type", value: "client_credentials")]
    var request = HTTPClientRequest(url: endpoint.text)
    request.method = .POST
    request.headers = [
      "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
      "User-Agent": "TesseraClient",
    ]
    switch authentication {
    case .clientSecretPost:
      form.append(("client_id", credentials.clientID))
      form.append(("client_secret", credentials.clientSecret))
    case .clientSecretBasic:
      request.headers.add(name: "Authorization", value: basic(credentials))
    }
    if !key.scopes.isEmpty {
      form.append(("scope", key.scopes.joined(separator: String(dialect.scopeSeparator))))
    }
    // RFC 8707 calls an audience that is asked for a resource.
    if let audience = key.audience { form.append(("resource", audience)) }
    let body = ByteBuffer(string: FormEncoding.encode(form))
    // A stream, because AsyncHTTPClient sends it only once: otherwise a redirect by 307 or 308 would carry the
    // secret to wherever it points.
    request.body = .stream(OnceSentBody(bytes: body), length: .known(Int64(body.readableBytes)))
    return request
  }

  /// Both parts are form-encoded first (RFC 6749 §2.3.1).
  private func basic(_ credentials: ClientCredentials) -> String {
    let text = "\(FormEncoding.encode(credentials.clientID)):\(FormEncoding.encode(credentials.clientSecret))"
    return "Basic " + Data(text.utf8).base64EncodedString()
  }
}

private struct OnceSentBody: AsyncSequence, Sendable {
  let bytes: ByteBuffer

  func makeAsyncIterator() -> Iterator { Iterator(rest: bytes) }

  struct Iterator: AsyncIteratorProtocol {
    var rest: ByteBuffer?

    mutating func next() async -> ByteBuffer? {
      defer { rest = nil }
      return rest
    }
  }
}
