/// A request as an endpoint sees it, free of any HTTP server.
package struct EndpointRequest: Sendable {
  /// The method, case-sensitive (RFC 9110 §9.1).
  package let method: String
  /// What follows the `?` of the request target; nil when there is none.
  package let query: String?
  /// The header fields that endpoints look at.
  package let headers: RequestHeaders
  /// The body.
  ///
  /// The listener has bounded its size.
  package let body: [UInt8]
  /// Where it comes from: the peer, or whom a trusted proxy names.
  package let source: SourceAddress
  package init(
    method: String,
    query: String? = nil,
    headers: RequestHeaders,
    body: [UInt8],
    source: SourceAddress
  ) {
    self.method = method
    self.query = query
    self.headers = headers
    self.body = body
    self.source = source
  }
}
