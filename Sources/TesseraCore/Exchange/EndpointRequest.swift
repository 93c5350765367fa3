/// A request as an endpoint sees it, free of any HTTP server.
package struct EndpointRequest: Sendable {
  /// The method, case-sensitive (RFC 9110 §9.1).
  package let method: String
  /// The path of the request target, as it was sent.
  package let path: String
  /// What follows the `?` of the request target; nil when there is none.
  package let query: String?
  /// The header fields that endpoints look at.
  package let headers: RequestHeaders
  /// The body.
  ///
  /// The listener has bounded its size.
  package let body: [UInt8]
  /// Who it comes from, and over what.
  package let origin: RequestOrigin

  package init(
    method: String,
    path: String,
    query: String? = nil,
    headers: RequestHeaders,
    body: [UInt8],
    origin: RequestOrigin
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.origin = origin
  }

  /// The caller: the peer, or whom a trusted proxy names.
  package var source: SourceAddress { origin.source }
}
