/// The rules for what a proxy says about its callers.
///
/// Without a TLS proxy the peer is the caller, and headers that claim otherwise count for nothing. With one,
/// requests have to come from it, and it has to say of each that it came over TLS and from whom.
package struct TrustedProxies: Sendable {
  private let ranges: [AddressRange]?
  private let hops: Int
  private let certificateHeader: CertificateHeader?

  /// Callers connect directly.
  package static let none = TrustedProxies(ranges: nil, hops: 0, certificateHeader: nil)

  /// Callers connect through so many TLS proxies in a row, each at one of these addresses.
  ///
  /// `certificateHeader` is where the last of them passes on the certificate of the caller; nil when none does.
  package init(_ ranges: [AddressRange], hops: Int = 1, certificateHeader: CertificateHeader? = nil) {
    self.init(ranges: ranges, hops: hops, certificateHeader: certificateHeader)
  }

  private init(ranges: [AddressRange]?, hops: Int, certificateHeader: CertificateHeader?) {
    self.certificateHeader = certificateHeader
    self.ranges = ranges
    self.hops = hops
  }

  /// Whether callers connect directly.
  package var isNone: Bool { ranges == nil }

  /// Where they are.
  package var addresses: [AddressRange] { ranges ?? [] }

  /// The same, with one more at this address; without proxies there is none to trust.
  package func trusting(_ address: SourceAddress) -> TrustedProxies {
    guard let ranges, let range = AddressRange(address.description) else { return self }
    return TrustedProxies(ranges: ranges + [range], hops: hops, certificateHeader: certificateHeader)
  }

  /// Who a request on a connection comes from, once the word of the proxies is weighed.
  package func origin(
    on connection: RequestOrigin,
    headers: RequestHeaders
  ) throws(ProxyProblem) -> RequestOrigin {
    guard ranges != nil else { return connection }
    guard isTrusted(connection.peer) else { throw .notAProxy(connection.peer) }
    let protocols = TrustedProxies.elements(of: headers.values(.forwardedProto))
    guard !protocols.isEmpty else { throw .protocolMissing }
    guard protocols.allSatisfy({ $0.lowercased() == "https" }) else { throw .notOverTLS }
    let caller = try caller(TrustedProxies.elements(of: headers.values(.forwardedFor)))
    return connection.forwarded(for: caller, showing: try certificateHeader?.certificate(in: headers))
  }

  /// Each proxy appends whom it was asked by, so the last address is the word of the proxy that asks us, and each one
  /// further left is worth as much as the proxy that stands right of it.
  ///
  /// No more than `hops` of them count: a caller at the address of a proxy could write the rest itself.
  private func caller(_ chain: [Substring]) throws(ProxyProblem) -> SourceAddress {
    guard !chain.isEmpty else { throw .addressMissing }
    for (index, element) in chain.suffix(hops).enumerated().reversed() {
      guard let address = TrustedProxies.address(in: element) else { throw .addressUnreadable }
      guard isTrusted(address) else { return address }
      guard index == 0 else { continue }
      guard chain.count <= hops else { throw .anotherProxy(address) }
      guard chain.count == hops else { throw .proxySkipped(address) }
      return address
    }
    throw .addressMissing
  }

  /// An address as proxies write it: IPv4 or IPv6, alone or with a port; IPv6 in brackets, with a port always so.
  ///
  /// A zone (RFC 4007 §11) says nothing that counts here.
  private static func address(in text: Substring) -> SourceAddress? {
    var address = text
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]"), isEmptyOrPort(text[end...].dropFirst()) else { return nil }
      address = text[..<end].dropFirst()
      guard address.contains(":") else { return nil }
    } else if let colon = text.firstIndex(of: ":"), !text[colon...].dropFirst().contains(":") {
      // One colon: no IPv6 address has so few.
      guard isEmptyOrPort(text[colon...]) else { return nil }
      address = text[..<colon]
    }
    if let zone = address.firstIndex(of: "%"), address.contains(":") {
      guard !address[zone...].dropFirst().isEmpty else { return nil }
      address = address[..<zone]
    }
    return SourceAddress(String(address))
  }

  private static func isEmptyOrPort(_ text: Substring) -> Bool {
    guard text.first == ":" else { return text.isEmpty }
    let digits = text.dropFirst().utf8
    return (1...5).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// The elements of a list that may be spread over several fields (RFC 9110 §5.3, §5.6.1).
  private static func elements(of values: [String]) -> [Substring] {
    values.flatMap { value in
      value.split(separator: ",").map { element in
        let start = element.drop(while: isSpace)
        return start.lastIndex { !isSpace($0) }.map { start[...$0] } ?? ""
      }
    }.filter { !$0.isEmpty }
  }

  private static func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }

  private func isTrusted(_ address: SourceAddress) -> Bool {
    ranges?.contains { $0.contains(address) } ?? false
  }
}
