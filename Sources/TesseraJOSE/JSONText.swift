/// JSON written by hand, for answers whose strings need no escaping.
package struct JSONText {
  /// What was written.
  package var bytes: [UInt8] = []

  package init(capacity: Int) {
    bytes.reserveCapacity(capacity)
  }

  /// Punctuation, names and texts fixed at compile time.
  package mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// A text that has neither quote, backslash nor control character, such as a token or a scope.
  package mutating func append(unescaped text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  /// The same as bytes.
  package mutating func append(unescaped text: [UInt8]) {
    bytes.append(contentsOf: text)
  }

  /// ISO 8601 in UTC, see `Timestamp.iso8601`.
  package mutating func append(iso8601 time: Timestamp) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Timestamp.iso8601Length) { buffer in
      time.writeISO8601(to: buffer)
      bytes.append(contentsOf: buffer)
    }
  }

  package mutating func append(_ number: Int) {
    append(unescaped: String(number))
  }

  /// A time in seconds with three decimals (RFC 7519 §2 `NumericDate`).
  package mutating func append(seconds time: Timestamp) {
    let (seconds, millisecond) = time.wholeSeconds
    append(Int(seconds))
    append(".")
    append(unescaped: String(String(1000 + millisecond).dropFirst()))
  }

  /// Members after another member, by name.
  package mutating func append(claims: [String: String]) {
    guard !claims.isEmpty else { return }
    for (name, value) in claims.sorted(by: { $0.key < $1.key }) {
      append(#",""#)
      append(escaped: name)
      append(#"":""#)
      append(escaped: value)
      append(#"""#)
    }
  }

  /// A text without control characters, in which quote and backslash are escaped (RFC 8259 §7).
  package mutating func append(escaped text: String) {
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
    }
  }
}
