import NIOCore
import TesseraCore
import TesseraJOSE
import Tracing

/// What is known of a request besides its body.
struct RequestHead {
  /// The method, case-sensitive.
  let method: String
  let path: String
  /// What is at its path.
  let endpoint: any Endpoint
  /// What follows the `?` of the request target; nil when there is none.
  let query: String?
  /// The header fields that endpoints look at.
  let headers: RequestHeaders
  /// Whether the connection stays open after the answer.
  let isKeepAlive: Bool
  let isHTTP10: Bool

  var isHEAD: Bool { method == "HEAD" }

  /// The head of a request of which nothing could be read.
  static let unreadable = RequestHead(method: "", (path: "", endpoint: UnknownPath()))

  /// A head of which nothing but the first line is known, which does not keep the connection open.
  init(method: String, _ match: EndpointTable.Match) {
    self.init(
      method: method,
      match,
      query: nil,
      headers: RequestHeaders(),
      isKeepAlive: false,
      isHTTP10: false
    )
  }

  init(
    method: String,
    _ match: EndpointTable.Match,
    query: String?,
    headers: RequestHeaders,
    isKeepAlive: Bool,
    isHTTP10: Bool
  ) {
    self.method = method
    path = match.path
    endpoint = match.endpoint
    self.query = query
    self.headers = headers
    self.isKeepAlive = isKeepAlive
    self.isHTTP10 = isHTTP10
  }
}

/// A whole request.
struct CollectedRequest {
  let head: RequestHead
  let body: [UInt8]
}

/// A request on its way to its answer.
struct HTTPExchange {
  let head: RequestHead
  /// Who it comes from, as far as that can be said.
  let source: SourceAddress
  /// When its first byte came.
  let started: NIODeadline
  /// Nil unless it is traced.
  var span: RequestSpan?

  /// The trace that it is part of.
  var trace: TraceContext? { span?.trace ?? head.headers.traceContext }

  /// A refusal, in the dialect of the endpoint that the request is for.
  func refusal(_ error: OAuthError) -> EndpointResponse { head.endpoint.response(for: error) }

  /// How long it has taken until now.
  func microseconds(at now: NIODeadline) -> Int64 { (now - started).nanoseconds / 1000 }

  /// What is remembered of a refusal.
  func denial(_ id: RequestID, status: Int, _ error: OAuthError, at now: Timestamp) -> Denial {
    Denial(
      requestID: id.description,
      time: now,
      endpoint: head.endpoint.path,
      source: source,
      traceID: trace?.traceID,
      status: status,
      error: error
    )
  }

  /// The line of the log.
  func record(_ id: RequestID, of response: EndpointResponse, at now: NIODeadline) -> RequestRecord {
    RequestRecord(
      id: id,
      method: head.method,
      path: head.endpoint.path,
      status: response.status,
      clientID: response.clientID,
      source: source,
      microseconds: microseconds(at: now),
      detail: response.privateDetail,
      trace: trace
    )
  }
}

/// The way from a whole request to its answer, whatever brought the request.
struct ExchangeHandler: Sendable {
  let proxies: TrustedProxies
  let warning: PacedWarning
  /// Requests that wait, by the networks they come from.
  var waiting = WaitingRoom<ArraySlice<UInt8>>(capacity: HTTPLimits().maximumWaiting)

  /// Nil when nothing is traced.
  var tracing: RequestTracing?

  /// A request of this head that its endpoint does not see.
  func exchange(_ head: RequestHead, from source: SourceAddress, at started: NIODeadline) -> HTTPExchange {
    HTTPExchange(head: head, source: source, started: started, span: tracing?.begin(head, at: started))
  }

  /// Asks the endpoint, once it is known who the request on a connection comes from.
  ///
  /// `started` is when its first byte came.
  func begin(
    _ request: CollectedRequest,
    on connection: RequestOrigin,
    at started: NIODeadline
  ) -> (exchange: HTTPExchange, answer: EndpointAnswer) {
    let head = request.head
    let span = tracing?.begin(head, at: started)
    let origin: RequestOrigin
    do throws(ProxyProblem) {
      origin = try proxies.origin(on: connection, headers: head.headers)
    } catch {
      warning.write(error.advice, detail: error.detail)
      let exchange = HTTPExchange(head: head, source: connection.source, started: started, span: span)
      return (exchange, .now(exchange.refusal(error.refusal)))
    }
    let answer = head.endpoint.answer(
      EndpointRequest(
        method: head.method,
        path: head.path,
        query: head.query,
        headers: head.headers,
        body: request.body,
        origin: origin
      )
    )
    let exchange = HTTPExchange(head: head, source: origin.source, started: started, span: span)
    return (exchange, bounded(answer, of: exchange))
  }

  /// The same answer, unless it has to wait and too many do already.
  ///
  /// Secrets are stretched in a queue with a bound of its own, where a place was given to it.
  private func bounded(_ answer: EndpointAnswer, of exchange: HTTPExchange) -> EndpointAnswer {
    guard case .later(let pending) = answer, pending.awaited != .secretStretching else { return answer }
    let network = exchange.source.widestNetwork
    guard waiting.enter(network) else {
      warning.write("too many requests wait for the store, and others are answered 503: is it slow?")
      return .now(exchange.refusal(.temporarilyUnavailable("too many requests wait for the store")))
    }
    return .later(
      pending.map { [waiting] response in
        waiting.leave(network)
        return response
      }
    )
  }
}

extension PendingAnswer {
  /// Hands the answer over on an event loop, once it is known; `span` is that of its request.
  func whenComplete(
    on eventLoop: any EventLoop,
    within span: RequestSpan?,
    _ body: @escaping @Sendable (EndpointResponse) -> Void
  ) {
    Task {
      let response =
        if let span {
          await InstrumentationContext.withValue(span.context) { await self() }
        } else {
          await self()
        }
      eventLoop.execute { body(response) }
    }
  }
}
