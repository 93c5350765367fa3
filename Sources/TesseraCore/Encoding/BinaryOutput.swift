/// What the pieces of a compact binary encoding are written to.
protocol BinaryOutput {
  mutating func append(byte: UInt8)
  mutating func append(_ bytes: UnsafeRawBufferPointer)
}

extension BinaryOutput {
  mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  /// The 16 bytes of a UUID.
  mutating func append(_ uuid: UUIDText.Value) {
    uuid.withUnsafeBytes { append($0) }
  }

  /// Unsigned LEB128: seven bits a byte, the low ones first, the top bit set on all but the last.
  mutating func append(number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      append(byte: UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(byte: UInt8(rest))
  }

  /// The length, then the UTF-8.
  mutating func append(text: String) {
    var text = text
    text.withUTF8 { utf8 in
      append(number: UInt64(utf8.count))
      append(UnsafeRawBufferPointer(utf8))
    }
  }
}

/// Writes into an array that grows.
struct BinaryWriter: BinaryOutput {
  private(set) var bytes: [UInt8] = []

  mutating func append(byte: UInt8) {
    bytes.append(byte)
  }

  mutating func append(_ more: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: more)
  }
}

/// Writes into memory of somebody else's, which has to be enough.
struct BufferWriter: BinaryOutput {
  private let memory: UnsafeMutableRawBufferPointer
  /// How many bytes were written.
  private(set) var count = 0

  init(_ memory: UnsafeMutableRawBufferPointer) {
    self.memory = memory
  }

  mutating func append(byte: UInt8) {
    next(1)[0] = byte
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    next(bytes.count).copyMemory(from: bytes)
  }

  /// So many bytes more, for the caller to fill.
  mutating func next(_ more: Int) -> UnsafeMutableRawBufferPointer {
    precondition(more <= memory.count - count, "what is written has to fit")
    defer { count += more }
    return UnsafeMutableRawBufferPointer(rebasing: memory[count..<count + more])
  }
}
