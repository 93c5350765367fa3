import AsyncHTTPClient
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A question about a token (RFC 7662 §2.1).
struct IntrospectionRequest: Sendable {
  let endpoint: IntrospectionEndpointURL
  let clientID: String
  let secret: String
  let token: String

  /// The request; another every time, because its body can be sent only once.
  var httpRequest: HTTPClientRequest {
    var request = HTTPClientRequest(url: endpoint.text)
    request.method = .POST
    request.headers = [
      "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
      "User-Agent": "TesseraGuard", "Authorization": authorization,
    ]
    let form = [(name: "token", value: token), (name: "token_type_hint", value: "access_token")]
    let body = ByteBuffer(string: FormEncoding.encode(form))
    // A stream, because AsyncHTTPClient sends it only once: otherwise a redirect by 307 or 308 would carry the
    // token to wherever it points.
    request.body = .stream(OnceSentBody(bytes: body), length: .known(Int64(body.readableBytes)))
    return request
  }

  /// Both parts are form-encoded first (RFC 6749 §2.3.1).
  private var authorization: String {
    let text = "\(FormEncoding.encode(clientID)):\(FormEncoding.encode(secret))"
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
