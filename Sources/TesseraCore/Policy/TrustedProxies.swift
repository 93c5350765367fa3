/// What to believe of who is behind a proxy.
///
/// Without a TLS proxy the peer is the caller, and headers that claim otherwise count for nothing. With one,
/// requests have to come from it.
package struct TrustedProxies: Sendable {
  private let ranges: [AddressRange]?

  /// Callers connect directly.
  package static let none = TrustedProxies(ranges: nil)

  /// Callers connect through a TLS proxy at one of these addresses.
  package init(_ ranges: [AddressRange]) {
    self.init(ranges: ranges)
  }

  private init(ranges: [AddressRange]?) {
    self.ranges = ranges
  }

  /// The address that a request from this peer comes from: the last in `X-Forwarded-For` that is not a
  /// trusted proxy itself.
  ///
  /// Throws when the peer is no proxy of ours, or when it says that its caller did not use TLS (RFC 6749
  /// §3.2).
  package func source(peer: SourceAddress, headers: RequestHeaders) throws(OAuthError) -> SourceAddress {
    guard ranges != nil else { return peer }
    guard isTrusted(peer) else {
      throw OAuthError(
        .invalidRequest,
        .tlsRequired,
        privateDetail: "\(peer) is not one of http.trusted-proxies"
      )
    }
    let protocols = headers.values(.forwardedProto).flatMap { $0.split(separator: ",") }
    guard protocols.allSatisfy({ TrustedProxies.trimmed($0).lowercased() == "https" }) else {
      throw OAuthError(
        .invalidRequest,
        .tlsRequired,
        privateDetail: "X-Forwarded-Proto says that TLS was not used"
      )
    }
    var source = peer
    let forwarded = headers.values(.forwardedFor).flatMap { $0.split(separator: ",") }
    for text in forwarded.reversed() {
      guard let address = TrustedProxies.address(in: text) else { break }
      source = address
      if !isTrusted(address) { break }
    }
    return source
  }

  /// An address as proxies write it: alone, or with a port, an IPv6 address with a port in brackets.
  private static func address(in field: Substring) -> SourceAddress? {
    let text = trimmed(field)
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      return SourceAddress(String(text[text.index(after: text.startIndex)..<end]))
    }
    if let address = SourceAddress(text) { return address }
    return text.lastIndex(of: ":").flatMap { SourceAddress(String(text[..<$0])) }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.filter { $0 != " " && $0 != "\t" })
  }

  private func isTrusted(_ address: SourceAddress) -> Bool {
    ranges?.contains { $0.contains(address) } ?? false
  }
}
