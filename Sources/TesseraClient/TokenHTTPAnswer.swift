import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// What of an HTTP response matters here.
struct TokenHTTPAnswer: Sendable {
  let status: Int
  let headers: HTTPHeaders
  let body: ByteBuffer

  /// Reads a response.
  ///
  /// - Throws: `NIOTooManyBytesError` for a body larger than this.
  init(_ response: HTTPClientResponse, maximumSize: Int) async throws {
    status = Int(response.status.code)
    headers = response.headers
    body = try await response.body.collect(upTo: maximumSize)
  }

  /// The server's time of day, in milliseconds since the epoch; nil when it does not say.
  var date: Int64? { headers.first(name: "Date").flatMap(DateText.milliseconds(httpDate:)) }

  /// How long the server wants to be left alone (RFC 9110 §10.2.3): seconds, or a date, which is compared with
  /// the server's own when it has one.
  func retryAfter(_ wallClock: WallClock) -> Duration? {
    guard let text = headers.first(name: "Retry-After") else { return nil }
    if let seconds = Int64(text) { return seconds < 0 ? nil : .seconds(min(seconds, 1 << 32)) }
    return DateText.milliseconds(httpDate: text).map {
      .milliseconds(max(0, $0 - (date ?? wallClock.milliseconds)))
    }
  }
}
