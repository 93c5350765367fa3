import NIOHTTP1
import TesseraCore

/// What the connection has to know of a request besides what goes to its endpoint.
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
  var isKeepAlive: Bool
  let isHTTP10: Bool

  var isHEAD: Bool { method == "HEAD" }
}

extension RequestHead {
  /// The head as NIO's decoder gives it.
  init(_ head: HTTPRequestHead, _ match: EndpointTable.Match) {
    self.init(
      method: head.method.rawValue,
      path: match.path,
      endpoint: match.endpoint,
      query: EndpointTable.query(of: head.uri),
      headers: RequestHeaders(head.headers.lazy.map { ($0.name, $0.value) }),
      isKeepAlive: head.isKeepAlive,
      isHTTP10: head.version == .http1_0
    )
  }
}

/// A whole request.
struct CollectedRequest {
  let head: RequestHead
  let body: [UInt8]
}
