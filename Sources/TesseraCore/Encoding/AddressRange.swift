/// A range of network addresses in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3), such as `10.0.0.0/8`.
package struct AddressRange: Sendable, Equatable, CustomStringConvertible {
  /// The range as it was written.
  package let description: String
  private let network: [UInt8]
  /// How many leading bits an address shares with the network.
  private let prefixLength: Int

  /// Reads a range, or one address, of IPv4 or IPv6.
  ///
  /// Nil for anything else, and for a network with bits after its prefix, because one of the two is then a
  /// slip.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let written = parts.first.map(String.init), let address = SourceAddress(written) else { return nil }
    let bits = address.bytes.count * 8
    var length = bits
    if parts.count == 2 {
      guard let parsed = AddressRange.prefixLength(parts[1]) else { return nil }
      // A mapped IPv4 address (RFC 4291 §2.5.5.2) has become IPv4, which its prefix does not count.
      length = written.contains(":") && bits == 32 ? parsed - 96 : parsed
    }
    guard (0...bits).contains(length) else { return nil }
    for bit in length..<bits where address.bytes[bit / 8] & (0x80 >> UInt8(bit % 8)) != 0 { return nil }
    description = text
    network = address.bytes
    prefixLength = length
  }

  /// Its first address.
  package var first: SourceAddress? { SourceAddress(bytes: network) }

  /// Whether this address is one of the range.
  ///
  /// An IPv4 address is in no IPv6 range.
  package func contains(_ address: SourceAddress) -> Bool {
    guard address.bytes.count == network.count else { return false }
    let wholeBytes = prefixLength / 8
    guard address.bytes[..<wholeBytes] == network[..<wholeBytes] else { return false }
    let restBits = UInt8(prefixLength % 8)
    return restBits == 0 || (address.bytes[wholeBytes] ^ network[wholeBytes]) >> (8 - restBits) == 0
  }

  /// Whether so much of the Internet is in it that trusting it is trusting anybody: more than 10.0.0.0/8 or fc00::/7.
  package var isTooWideToTrust: Bool { prefixLength < (network.count == 4 ? 8 : 7) }

  /// Digits only, without a sign or leading zeros.
  private static func prefixLength(_ text: Substring) -> Int? {
    guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      text == "0" || text.first != "0"
    else { return nil }
    return Int(text)
  }
}
