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
    case .refuse(let error, let endpoint, let head):
      finish(endpoint.response(for: error), endpoint, head, source: peer, closing: true, context)
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

  private func answer(_ request: RequestCollector.Request, _ context: ChannelHandlerContext) {
    let headers = HeaderFields(request.head.headers.lazy.map { ($0.name, $0.value) })
    let source: SourceAddress
    do throws(OAuthError) {
      source = try shared.proxies.source(peer: peer, headers: headers)
    } catch {
      finish(request.endpoint.response(for: error), request, source: peer, context)
      return
    }
    let answer = request.endpoint.answer(
      EndpointRequest(
        method: request.head.method.rawValue,
        query: EndpointTable.query(of: request.head.uri),
        headers: headers,
        body: request.body,
        source: source,
        peer: peer
      )
    )
    switch answer {
    case .now(let response): finish(response, request, source: source, context)
    case .later(let work):
      phase = .awaiting(request, source)
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      let eventLoop = context.eventLoop
      Task {
        let response = await work()
        eventLoop.execute {
          let (handler, context) = bound.value
          handler.resume(with: response, context)
        }
      }
    }
  }

  /// The store has answered.
  ///
  /// When the deadline was faster the answer comes too late for anybody.
  private func resume(with response: EndpointResponse, _ context: ChannelHandlerContext) {
    guard case .awaiting(let request, let source) = phase else { return }
    finish(response, request, source: source, context)
    goOn()
  }
}
