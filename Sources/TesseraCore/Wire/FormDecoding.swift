/// The decoding of one name or value of a form (RFC 6749 Appendix B).
package enum FormDecoding {
  /// The text that these bytes stand for; nil for a bad percent-escape, bad UTF-8 or a NUL.
  package static func decode(_ bytes: some Collection<UInt8>) -> String? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index != bytes.endIndex {
      var byte = bytes[index]
      bytes.formIndex(after: &index)
      if byte == UInt8(ascii: "+") {
        byte = UInt8(ascii: " ")
      } else if byte == UInt8(ascii: "%") {
        guard let high = hexadecimalDigit(in: bytes, at: &index),
          let low = hexadecimalDigit(in: bytes, at: &index)
        else { return nil }
        byte = high << 4 | low
      }
      guard byte != 0 else { return nil }
      decoded.append(byte)
    }
    return String(validating: decoded, as: UTF8.self)
  }

  private static func hexadecimalDigit<Bytes: Collection<UInt8>>(
    in bytes: Bytes,
    at index: inout Bytes.Index
  ) -> UInt8? {
    guard index != bytes.endIndex else { return nil }
    defer { bytes.formIndex(after: &index) }
    switch bytes[index] {
    case let byte where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
      return byte - UInt8(ascii: "0")
    case let byte where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20):
      return (byte | 0x20) - UInt8(ascii: "a") + 10
    default: return nil
    }
  }
}
