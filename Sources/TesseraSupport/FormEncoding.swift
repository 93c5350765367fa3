/// `application/x-www-form-urlencoded` (RFC 6749 Appendix B), name by name and value by value.
package enum FormEncoding {
  /// A form.
  package static func encode(_ parameters: [(name: String, value: String)]) -> String {
    parameters.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
  }

  /// One name or value: everything but unreserved characters (RFC 3986 §2.3) becomes an escape, spaces too,
  /// because `%20` is read right by more servers than `+`.
  package static func encode(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        encoded.append(byte)
      default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  /// The text that these bytes stand for; nil for a bad percent-escape, bad UTF-8 or a NUL.
  @inlinable package static func decode(_ bytes: some Collection<UInt8>) -> String? {
    if let text = bytes.withContiguousStorageIfAvailable({ decode(contiguous: $0) }) { return text }
    return Array(bytes).withUnsafeBufferPointer { decode(contiguous: $0) }
  }

  @usableFromInline static func decode(contiguous bytes: UnsafeBufferPointer<UInt8>) -> String? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while var byte = rest.popFirst() {
      if byte == UInt8(ascii: "+") {
        byte = UInt8(ascii: " ")
      } else if byte == UInt8(ascii: "%") {
        guard let high = hexadecimalDigit(&rest), let low = hexadecimalDigit(&rest) else { return nil }
        byte = high << 4 | low
      }
      guard byte != 0 else { return nil }
      decoded.append(byte)
    }
    return String(validating: decoded, as: UTF8.self)
  }

  private static func hexadecimalDigit(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> UInt8? {
    switch rest.popFirst() {
    case let byte? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
      byte - UInt8(ascii: "0")
    case let byte? where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20):
      (byte | 0x20) - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
