/// Writes the pieces of a compact binary encoding.
struct BinaryWriter {
  private(set) var bytes: [UInt8] = []

  /// A writer with room for so many bytes, and more when needed.
  init(capacity: Int = 64) {
    bytes.reserveCapacity(capacity)
  }

  mutating func append(byte: UInt8) {
    bytes.append(byte)
  }

  mutating func append(_ more: UnsafeMutableRawBufferPointer) {
    bytes.append(contentsOf: more)
  }

  mutating func append(_ more: [UInt8]) {
    bytes += more
  }

  /// The 16 bytes of a UUID.
  mutating func append(_ uuid: UUIDText.Value) {
    uuid.appendBytes(to: &bytes)
  }

  /// Unsigned LEB128: seven bits a byte, the low ones first, the top bit set on all but the last.
  mutating func append(number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// The length, then the UTF-8.
  mutating func append(text: String) {
    append(number: UInt64(text.utf8.count))
    bytes += text.utf8
  }
}
