#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The network address that a request comes from.
package struct SourceAddress: Hashable, Sendable, CustomStringConvertible {
  /// 4 bytes for IPv4, 16 for IPv6, none when it is not known.
  package let bytes: [UInt8]

  /// Stands for a peer without an address, such as a Unix socket's.
  package static let unknown = SourceAddress(unchecked: [])

  private init(unchecked bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Nil unless there are 4 or 16 bytes.
  ///
  /// An IPv4 address mapped into IPv6 becomes IPv4.
  package init?(bytes: [UInt8]) {
    switch bytes.count {
    case 4: self.bytes = bytes
    case 16:
      let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
      self.bytes = isMapped ? Array(bytes[12...]) : bytes
    default: return nil
    }
  }

  /// It, unless it is not known.
  package var known: SourceAddress? { bytes.isEmpty ? nil : self }

  /// What failures are counted by: all of an IPv4 address, the first 64 bits of an IPv6 one, because
  /// whoever has one IPv6 address has the rest of its /64 too.
  var limitKey: ArraySlice<UInt8> { bytes.count == 16 ? bytes[..<8] : bytes[...] }

  /// The largest network that one owner commonly has: a /48 of IPv6, a /24 of IPv4.
  package var widestNetwork: ArraySlice<UInt8> { bytes.prefix(bytes.count == 16 ? 6 : 3) }

  /// Goes through the networks beyond `limitKey` that an address shares with others, with as how many sources each
  /// counts.
  func forEachSharedNetwork(_ body: (_ prefix: ArraySlice<UInt8>, _ sources: Int64) -> Void) {
    switch bytes.count {
    case 4: body(bytes[..<3], 4)
    case 16:
      body(bytes[..<7], 4)
      body(bytes[..<6], 8)
    default: break
    }
  }

  package var description: String {
    switch bytes.count {
    case 4: "\(bytes[0]).\(bytes[1]).\(bytes[2]).\(bytes[3])"
    case 16:
      stride(from: 0, to: 16, by: 2)
        .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
    default: "unknown"
    }
  }
}

extension SourceAddress {
  /// Reads an IPv4 or IPv6 address in text form; nil for anything else.
  package init?(_ text: String) {
    guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &bytes) == 1 {
      self.init(bytes: Array(bytes[..<4]))
    } else if inet_pton(AF_INET6, text, &bytes) == 1 {
      self.init(bytes: bytes)
    } else {
      return nil
    }
  }
}
