import NIOCore
import NIOHTTP1
import TesseraCore

/// From the parts of a request to its answer.
extension ConnectionHandler {
  func receive(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch collector.receive(part) {
    case .wait: break
    case .sendContinue: output.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
    case .answer(let request): answer(request, context)
    case .refuse(let error, let head):
      finish(head.endpoint.response(for: error), head.endpoint, head, source: peer, closing: true, context)
    }
  }

  /// In the dialect of the endpoint that it was for, where so much could be read.
  func refuse(_ message: RefusedMessage, _ context: ChannelHandlerContext) {
    let head = message.line.map { line in
      let match = shared.table.match(target: line.target)
      return RequestHead(
        method: line.method,
        path: match.path,
        endpoint: match.endpoint,
        query: nil,
        headers: RequestHeaders(),
        isKeepAlive: false,
        isHTTP10: false
      )
    }
    let endpoint = head?.endpoint ?? UnknownPath()
    finish(
      endpoint.response(for: message.problem.refusal),
      endpoint,
      head,
      source: peer,
      closing: true,
      context
    )
  }

  func answer(_ request: CollectedRequest, _ context: ChannelHandlerContext) {
    let endpoint = request.head.endpoint
    let origin: RequestOrigin
    do throws(ProxyProblem) {
      let connection = RequestOrigin(peer: peer, over: .plain)
      origin = try shared.proxies.origin(on: connection, headers: request.head.headers)
    } catch {
      shared.warning.write(error.advice, detail: error.detail)
      finish(endpoint.response(for: error.refusal), endpoint, request.head, source: peer, context)
      return
    }
    let answer = endpoint.answer(
      EndpointRequest(
        method: request.head.method,
        path: request.head.path,
        query: request.head.query,
        headers: request.head.headers,
        body: request.body,
        origin: origin
      )
    )
    let source = origin.source
    switch answer {
    case .now(let response): finish(response, endpoint, request.head, source: source, context)
    case .later(let pending):
      phase = .awaiting(pending, request.head, source)
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      let eventLoop = context.eventLoop
      Task {
        let response = await pending()
        eventLoop.execute {
          let (handler, context) = bound.value
          handler.resume(with: response, context)
        }
      }
    }
  }

  /// What was waited for is there.
  ///
  /// When the deadline was faster the answer comes too late for anybody.
  private func resume(with response: EndpointResponse, _ context: ChannelHandlerContext) {
    guard case .awaiting(_, let head, let source) = phase else { return }
    finish(response, head.endpoint, head, source: source, context)
    goOn()
  }
}
