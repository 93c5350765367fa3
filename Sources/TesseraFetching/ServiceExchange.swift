package import AsyncHTTPClient
package import NIOCore
package import NIOHTTP1
package import TesseraSupport

/// An exchange with a service over HTTP: bounded in time and size, and without redirects.
package struct ServiceExchange: Sendable {
  /// What comes back.
  package struct Answer: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: ByteBuffer

    /// How many seconds the server wants to be left alone (RFC 9110 §10.2.3); nil when it does not say, or by a date.
    package var retryAfterSeconds: Int64? { headers.first(name: "Retry-After").flatMap(Int64.init) }
  }

  /// Why nothing came back.
  ///
  /// The HTTP client's own error could quote the request, so it is not kept.
  package enum Failure: Error, Equatable {
    /// The service sends us elsewhere: where that leads is not the service.
    case redirected
    /// The answer is larger than it may be.
    case tooLarge
    /// The answer was not complete in time.
    case timedOut
    /// The service could not be reached, or the connection broke; why, in words that are fixed.
    case unreachable(String)
  }

  private struct Redirected: Error {}

  private let httpClient: HTTPClient
  private let time: Timekeeper

  package init(httpClient: HTTPClient, time: Timekeeper) {
    self.httpClient = httpClient
    self.time = time
  }

  /// The answer to a request.
  ///
  /// One that `mayRepeat` is sent again where the service closed a connection that was idle.
  package func answer(
    within limit: Duration,
    upTo maximumSize: Int,
    mayRepeat: Bool,
    _ request: @escaping @Sendable () -> HTTPClientRequest
  ) async throws(Failure) -> Answer {
    do {
      return try await time.run(within: limit) {
        do {
          return try await send(request(), upTo: maximumSize)
        } catch let error as HTTPClientError where error == .remoteConnectionClosed && mayRepeat {
          return try await send(request(), upTo: maximumSize)
        }
      }
    } catch {
      throw ServiceExchange.failure(error)
    }
  }

  private func send(_ request: HTTPClientRequest, upTo maximumSize: Int) async throws -> Answer {
    // Our own clock bounds the time until the last byte, which the client's deadline does not.
    let response = try await httpClient.execute(request, deadline: .distantFuture)
    // A client that somebody brought may follow redirects.
    guard response.history.count <= 1 else { throw Redirected() }
    return Answer(
      status: Int(response.status.code),
      headers: response.headers,
      body: try await response.body.collect(upTo: maximumSize)
    )
  }

  private static func failure(_ error: any Error) -> Failure {
    switch error {
    case is Redirected: .redirected
    case is NIOTooManyBytesError: .tooLarge
    case is Timekeeper.TimedOut: .timedOut
    case let error as HTTPClientError: .unreachable(error.shortDescription)
    case let error as IOError: .unreachable(error.description)
    default: .unreachable("\(type(of: error))")
    }
  }
}
