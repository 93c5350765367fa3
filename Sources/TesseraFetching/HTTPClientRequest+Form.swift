package import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TesseraSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension HTTPClientRequest {
  /// A form for an endpoint that answers with JSON; to be made anew for each attempt, because its body can be sent only
  /// once.
  package static func form(
    _ parameters: [(name: String, value: String)],
    to url: String,
    userAgent: String
  ) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers = [
      "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
      "User-Agent": userAgent,
    ]
    let body = ByteBuffer(string: FormEncoding.encode(parameters))
    // A stream, because AsyncHTTPClient sends it only once: otherwise a redirect by 307 or 308 would carry secrets and
    // tokens to wherever it points.
    request.body = .stream(OnceSentBody(bytes: body), length: .known(Int64(body.readableBytes)))
    return request
  }

  /// Adds client ID and secret by HTTP Basic, both form-encoded first (RFC 6749 §2.3.1).
  package mutating func authenticate(clientID: String, secret: String) {
    let text = "\(FormEncoding.encode(clientID)):\(FormEncoding.encode(secret))"
    headers.add(name: "Authorization", value: "Basic " + Data(text.utf8).base64EncodedString())
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
