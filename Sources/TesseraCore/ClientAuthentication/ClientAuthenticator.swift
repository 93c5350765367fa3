/// One method of client authentication (RFC 6749 §2.3).
package protocol ClientAuthenticator: Sendable {
  /// The name of the method.
  var method: ClientAuthenticationMethod { get }

  /// The request parameters that belong to it.
  var parameters: [ParameterName] { get }

  /// Whether the request uses this method, rightly or wrongly.
  func isPresented(in request: ClientAuthenticationRequest) -> Bool

  /// The client whose credentials the request presents. Only called when they are presented.
  func authenticate(_ request: ClientAuthenticationRequest) throws(Interruption) -> CachedClient
}

/// What client authentication looks at.
package struct ClientAuthenticationRequest: Sendable {
  /// The values of all Authorization headers.
  package let authorization: [String]
  /// The form.
  package let parameters: FormParameters
  /// Where the request comes from.
  package let source: SourceAddress
}
