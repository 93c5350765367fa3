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

  func refuse(_ error: HTTPParserError, _ context: ChannelHandlerContext) {
    let refusal =
      error == .headerOverflow
      ? OAuthError(.invalidRequest, .headersTooLarge, status: 431)
      : OAuthError(.invalidRequest, .malformedHTTP)
    let unknown = UnknownPath()
    finish(unknown.response(for: refusal), unknown, nil, source: peer, closing: true, context)
  }

  func answer(_ request: CollectedRequest, _ context: ChannelHandlerContext) {
    let endpoint = request.head.endpoint
    let source: SourceAddress
    do throws(OAuthError) {
      source = try shared.proxies.source(peer: peer, headers: request.head.headers)
    } catch {
      finish(endpoint.response(for: error), endpoint, request.head, source: peer, context)
      return
    }
    let answer = endpoint.answer(
      EndpointRequest(
        method: request.head.method,
        query: request.head.query,
        headers: request.head.headers,
        body: request.body,
        source: source,
        peer: peer
      )
    )
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
