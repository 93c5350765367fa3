package import TesseraCore

/// Where this server goes when it asks a URL that somebody has registered.
///
/// A client can name any URL, and this server stands where clients do not: without these rules it would ask the services
/// beside it for them.
package struct OutboundRules: Sendable {
  private let names: Set<String>
  private let inner: [AddressRange]

  /// Everywhere on the Internet.
  package init() {
    (names, inner) = ([], [])
  }

  /// What operators list: names, which are then the only ones, and addresses or ranges of inner networks, which may be
  /// asked too; nil for anything else.
  package init?(_ entries: [String]) {
    var (names, inner): (Set<String>, [AddressRange]) = ([], [])
    for entry in entries {
      if let range = AddressRange(entry) {
        guard !range.isTooWideToTrust else { return nil }
        inner.append(range)
      } else if OutboundURL.isName(entry) {
        names.insert(entry)
      } else {
        return nil
      }
    }
    (self.names, self.inner) = (names, inner)
  }

  /// Whether this host may be asked, wherever it is.
  func allowsHost(of url: OutboundURL) -> Bool {
    if names.isEmpty || names.contains(url.host) { return true }
    return url.address.map { address in inner.contains { $0.contains(address) } } ?? false
  }

  /// Whether this address may be connected to.
  package func allows(_ address: SourceAddress) -> Bool {
    inner.contains { $0.contains(address) } || OutboundRules.isPublic(address)
  }

  /// Whether an address belongs to a host on the Internet: not to this machine, an inner network, a group, the metadata
  /// service of a cloud, or one of these in the form of another protocol.
  package static func isPublic(_ address: SourceAddress) -> Bool {
    let bytes = address.bytes
    if bytes.count == 4 { return !special.contains { $0.contains(address) } }
    guard bytes.count == 16 else { return false }
    if translated.contains(where: { $0.contains(address) }) {
      return SourceAddress(bytes: Array(bytes[12...])).map(isPublic) ?? false
    }
    return bytes[0] & 0xE0 == 0x20 && !special.contains { $0.contains(address) }
  }

  /// IPv6 that stands for the IPv4 address at its end (RFC 6052 §2.1); that of RFC 4291 §2.5.5.2 has become IPv4 already.
  private static let translated = ["64:ff9b::/96"].compactMap(AddressRange.init)

  /// What the registries of IANA for special purposes have (RFC 6890), within 2000::/3 for IPv6, and what clouds have put
  /// among public addresses.
  private static let special = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
  ].compactMap(AddressRange.init)
}
