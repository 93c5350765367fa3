import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Reads documents of the token service, within bounds of time and size.
struct DocumentFetcher: Sendable {
  struct Document: Sendable {
    let bytes: [UInt8]
    /// How long it may be used before it is asked for again.
    let lifetime: Duration
  }

  let httpClient: HTTPClient
  let time: Timekeeper
  let settings: AccessTokenVerifier.Settings

  /// What is at this URL.
  func document(
    at url: String,
    of source: Outage.Source,
    upTo maximumSize: Int
  ) async throws(FetchFailure) -> Document {
    let response: HTTPClientResponse
    let body: ByteBuffer
    do {
      (response, body) = try await time.run(within: settings.timeout) {
        try await exchange(url, upTo: maximumSize)
      }
    } catch {
      throw FetchFailure(DocumentFetcher.reason(error), of: source)
    }
    let status = Int(response.status.code)
    switch status {
    case 200:
      return Document(bytes: Array(body.readableBytesView), lifetime: CacheLifetime.of(response.headers))
    case 429, 503:
      throw FetchFailure(.failed(status: status), of: source, pause: retryAfter(response.headers))
    case 500...599: throw FetchFailure(.failed(status: status), of: source)
    case 400...499: throw FetchFailure(.refused(status: status), of: source)
    default: throw FetchFailure(.malformedAnswer, of: source)
    }
  }

  private func exchange(_ url: String, upTo limit: Int) async throws -> (HTTPClientResponse, ByteBuffer) {
    do {
      return try await send(url, upTo: limit)
    } catch let error as HTTPClientError where error == .remoteConnectionClosed {
      // The server has closed a connection that was idle.
      return try await send(url, upTo: limit)
    }
  }

  private func send(_ url: String, upTo limit: Int) async throws -> (HTTPClientResponse, ByteBuffer) {
    var request = HTTPClientRequest(url: url)
    request.headers = ["Accept": "application/json, application/jwt", "User-Agent": "TesseraGuard"]
    // Our own clock bounds the time until the last byte, which the client's deadline does not.
    let response = try await httpClient.execute(request, deadline: .distantFuture)
    // A client that somebody brought may follow redirects. Where they lead is not the token service.
    guard response.history.count <= 1 else { throw Redirected() }
    return (response, try await response.body.collect(upTo: limit))
  }

  private func retryAfter(_ headers: HTTPHeaders) -> Duration {
    let seconds = headers.first(name: "Retry-After").flatMap(Int64.init) ?? 0
    return min(.seconds(max(0, seconds)), settings.longestPause)
  }

  private struct Redirected: Error {}

  private static func reason(_ error: any Error) -> Outage.Reason {
    switch error {
    case is Redirected, is NIOTooManyBytesError: .malformedAnswer
    case is Timekeeper.TimedOut: .timedOut
    default: .unreachable
    }
  }
}
