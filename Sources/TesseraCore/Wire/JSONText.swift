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

  /// The same as bytes.
  mutating func append(unescaped text: [UInt8]) {
    bytes.append(contentsOf: text)
  }

  /// ISO 8601 in UTC, see `Timestamp.iso8601`.
  mutating func append(iso8601 time: Timestamp) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Timestamp.iso8601Length) { buffer in
      time.writeISO8601(to: buffer)
      bytes.append(contentsOf: buffer)
    }
  }

  mutating func append(_ number: Int) {
    append(unescaped: String(number))
  }

  /// A time in seconds with three decimals (RFC 7519 §2 `NumericDate`).
  mutating func append(seconds time: Timestamp) {
    let (seconds, milliseconds) = time.milliseconds.flooringDivision(by: 1000)
    append(Int(seconds))
    let digits = String(1000 + milliseconds).dropFirst()
    append(".")
    append(unescaped: String(digits))
  }

  /// A public reason, which has nothing to escape.
  mutating func append(_ reason: PublicReason) {
    append(reason.text)
    if let parameter = reason.parameter {
      append(": ")
      append(parameter.text)
    }
  }

  /// One audience is a string, several are an array (RFC 7519 §4.1.3).
  mutating func append(audiences: [Resource]) {
    if audiences.count != 1 { append("[") }
    for (index, audience) in audiences.enumerated() {
      append(index == 0 ? #"""# : #",""#)
      append(escaped: audience.uri)
      append(#"""#)
    }
    if audiences.count != 1 { append("]") }
  }

  /// A client ID, in which quote and backslash are escaped.
  mutating func append(_ clientID: ClientID) {
    if clientID.uuid == nil { append(escaped: clientID.rawValue) } else { clientID.append(to: &bytes) }
  }

  /// Members after another member, by name.
  mutating func append(claims: [String: String]) {
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
  mutating func append(escaped text: String) {
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
    }
  }
}
