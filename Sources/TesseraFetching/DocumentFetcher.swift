package import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import TesseraSupport

/// Reads documents that a service publishes, within bounds of time and size.
package struct DocumentFetcher: Sendable {
  /// What is at a URL.
  package struct Document: Sendable {
    package let bytes: [UInt8]
    /// How long it may be used before it is asked for again.
    package let lifetime: Duration
  }

  /// Why there is no document.
  package enum Failure: Error {
    case exchange(ServiceExchange.Failure)
    /// The service answers with another status than 200, and may want to be left alone for some time.
    case status(Int, retryAfter: Int64?)
  }

  private let exchange: ServiceExchange
  private let timeout: Duration
  private let userAgent: String

  package init(httpClient: HTTPClient, time: Timekeeper, timeout: Duration, userAgent: String) {
    exchange = ServiceExchange(httpClient: httpClient, time: time)
    self.timeout = timeout
    self.userAgent = userAgent
  }

  /// What is at this URL.
  package func document(at url: String, upTo maximumSize: Int) async throws(Failure) -> Document {
    let answer: ServiceExchange.Answer
    do throws(ServiceExchange.Failure) {
      answer = try await exchange.answer(within: timeout, upTo: maximumSize, mayRepeat: true) { [userAgent] in
        var request = HTTPClientRequest(url: url)
        request.headers = ["Accept": "application/json, application/jwt", "User-Agent": userAgent]
        return request
      }
    } catch {
      throw .exchange(error)
    }
    guard answer.status == 200 else {
      throw .status(answer.status, retryAfter: answer.retryAfterSeconds)
    }
    return Document(bytes: Array(answer.body.readableBytesView), lifetime: CacheLifetime.of(answer.headers))
  }
}
