/// Values in one form that depends on no store and no encoder, for what is digested or signed.
///
/// Each has its type in one byte, its length in eight, and its bytes; an integer only itself in place of the length.
struct CanonicalBytes {
  private(set) var bytes: [UInt8]

  /// Goes on after these.
  init(after bytes: [UInt8] = []) {
    self.bytes = bytes
  }

  mutating func appendNull() { bytes.append(0) }

  mutating func append(_ number: Int64) { append(1, UInt64(bitPattern: number)) }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      append(2, UInt64(utf8.count))
      bytes += utf8
    }
  }

  mutating func append(_ value: [UInt8]) {
    append(3, UInt64(value.count))
    bytes += value
  }

  /// A text, or that there is none.
  mutating func append(_ text: String?) {
    if let text { append(text) } else { appendNull() }
  }

  private mutating func append(_ type: UInt8, _ number: UInt64) {
    bytes.append(type)
    withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
  }
}
