/// A request as an endpoint sees it, free of any HTTP server.
package struct EndpointRequest: Sendable {
  /// The method, case-sensitive (RFC 9110 §9.1).
  package let method: String
  /// The header fields.
  package let headers: HeaderFields
  /// The body.
  ///
  /// The listener has bounded its size.
  package let body: [UInt8]
  /// Where it comes from: the peer, or whom a trusted proxy names.
  package let source: SourceAddress

  package init(method: String, headers: HeaderFields, body: [UInt8], source: SourceAddress) {
    self.method = method
    self.headers = headers
    self.body = body
    self.source = source
  }
}
