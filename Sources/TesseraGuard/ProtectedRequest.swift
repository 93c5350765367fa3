/// A request for a protected resource, as far as it matters to who verifies its access token.
///
///     let request = ProtectedRequest(
///       method: "GET",
///       url: "https://api.example.com/items",
///       query: "page=2",
///       authorization: ["DPoP eyJ…"],
///       proofs: ["eyJ…"]
///     )
public struct ProtectedRequest: Sendable {
  /// The method, case-sensitive (RFC 9110 §9.1).
  public var method: String
  /// The URL that the client knows the resource by, such as `https://api.example.com/items`.
  ///
  /// Behind a proxy that is not the one at which the request came in. Its scheme, host and port are best configured, not
  /// taken from the request. A query makes no difference.
  public var url: String
  /// The query of the URL as it was sent; nil without one.
  ///
  /// Only to refuse a token in it (RFC 6750 §2.3).
  public var query: String?
  /// The value of each `Authorization` header field.
  public var authorization: [String]
  /// The value of each `DPoP` header field (RFC 9449 §4.1).
  public var proofs: [String]
  /// The certificate that the client has shown in TLS (RFC 8705 §3), in DER; nil for none.
  ///
  /// From the TLS connection itself, or from a header field that a proxy in front overwrites; never from one that the
  /// client could have sent.
  public var clientCertificate: [UInt8]?

  /// A request.
  public init(
    method: String,
    url: String,
    query: String? = nil,
    authorization: [String],
    proofs: [String] = [],
    clientCertificate: [UInt8]? = nil
  ) {
    self.method = method
    self.url = url
    self.query = query
    self.authorization = authorization
    self.proofs = proofs
    self.clientCertificate = clientCertificate
  }
}

extension ProtectedRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Nothing of token, proof and certificate.
  public var description: String { "ProtectedRequest(\(method), redacted)" }

  /// The same as ``description``.
  public var debugDescription: String { description }

  /// What `dump` shows: nothing of token, proof and certificate.
  public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}
