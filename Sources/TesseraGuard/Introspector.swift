import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Asks the introspection endpoint.
struct Introspector: Sendable {
  let endpoint: IntrospectionEndpointURL
  let credentials: IntrospectionCredentials
  let settings: AccessTokenVerifier.Settings
  let httpClient: HTTPClient
  let time: Timekeeper

  /// What the token service says about a token.
  func introspect(_ token: String) async throws(IntrospectionFailure) -> Finding {
    guard let secret = credentials.currentSecret() else { throw IntrospectionFailure(.secretUnavailable) }
    let question = IntrospectionRequest(
      endpoint: endpoint,
      clientID: credentials.clientID,
      secret: secret,
      token: token
    )
    let answer: (response: HTTPClientResponse, body: ByteBuffer)
    do {
      answer = try await time.run(within: settings.timeout) {
        try await exchange(question)
      }
    } catch {
      throw IntrospectionFailure(transport: error)
    }
    return try read(answer.response, answer.body)
  }

  private func exchange(
    _ question: IntrospectionRequest
  ) async throws -> (HTTPClientResponse, ByteBuffer) {
    do {
      return try await send(question)
    } catch let error as HTTPClientError where error == .remoteConnectionClosed {
      // The server has closed a connection that was idle. A question may be repeated.
      return try await send(question)
    }
  }

  private func send(_ question: IntrospectionRequest) async throws -> (HTTPClientResponse, ByteBuffer) {
    // Our own clock bounds the time until the last byte, which the client's deadline does not.
    let response = try await httpClient.execute(question.httpRequest, deadline: .distantFuture)
    guard response.history.count <= 1 else { throw Redirected() }
    return (response, try await response.body.collect(upTo: settings.maximumAnswerSize))
  }

  private func read(
    _ response: HTTPClientResponse,
    _ body: ByteBuffer
  ) throws(IntrospectionFailure) -> Finding {
    let status = Int(response.status.code)
    switch status {
    case 200: return try IntrospectionAnswer(body).finding(for: settings.audience)
    case 401, 403:
      throw IntrospectionFailure(.refused(status: status), pause: settings.refusedCredentialsPause)
    case 429, 503: throw IntrospectionFailure(.failed(status: status), pause: retryAfter(response.headers))
    case 500...599: throw IntrospectionFailure(.failed(status: status))
    case 400...499: throw IntrospectionFailure(.refused(status: status))
    default: throw IntrospectionFailure(.malformedAnswer)
    }
  }

  /// How long the server wants to be left alone (RFC 9110 §10.2.3), when it says so in seconds.
  private func retryAfter(_ headers: HTTPHeaders) -> Duration? {
    headers.first(name: "Retry-After").flatMap(Int64.init).flatMap { seconds in
      seconds > 0 ? min(.seconds(seconds), settings.longestPause) : nil
    }
  }

  /// The endpoint sent us elsewhere.
  struct Redirected: Error {}
}

extension IntrospectionFailure {
  /// What an error of the HTTP client means; its text could quote the request, so it is not kept.
  fileprivate init(transport error: any Error) {
    switch error {
    case is Introspector.Redirected, is NIOTooManyBytesError: self.init(.malformedAnswer)
    case is Timekeeper.TimedOut: self.init(.timedOut)
    default: self.init(.unreachable)
    }
  }
}
