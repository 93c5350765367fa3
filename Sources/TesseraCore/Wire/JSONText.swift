/// JSON written by hand, for answers whose strings need no escaping.
struct JSONText {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int) {
    bytes.reserveCapacity(capacity)
  }

  /// Punctuation, names and texts fixed at compile time.
  mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// A text that has neither quote, backslash nor control character, such as a token or a scope.
  mutating func append(unescaped text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  mutating func append(_ number: Int) {
    append(unescaped: String(number))
  }

  /// A public reason, which has nothing to escape.
  mutating func append(_ reason: PublicReason) {
    append(reason.text)
    if let parameter = reason.parameter {
      append(": ")
      append(parameter.text)
    }
  }

  /// A text of VSCHAR, in which quote and backslash are escaped (RFC 8259 §7).
  mutating func append(escaped text: String) {
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
    }
  }
}
