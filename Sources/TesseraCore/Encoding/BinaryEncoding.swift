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

/// Reads what `BinaryWriter` wrote.
///
/// Every function gives nil where the bytes do not have what it asks for.
struct BinaryReader {
  private let input: [UInt8]
  private var position = 0

  init(_ input: [UInt8]) {
    self.input = input
  }

  /// What was not read yet.
  var rest: [UInt8] { Array(input[position...]) }

  var isAtEnd: Bool { position == input.count }

  mutating func byte() -> UInt8? {
    guard position < input.count else { return nil }
    defer { position += 1 }
    return input[position]
  }

  mutating func bytes(count: Int) -> ArraySlice<UInt8>? {
    guard count <= input.count - position else { return nil }
    defer { position += count }
    return input[position..<position + count]
  }

  mutating func number() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      guard let byte = byte() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }

  mutating func text() -> String? {
    guard let length = number().flatMap(Int.init(exactly:)), let bytes = bytes(count: length) else {
      return nil
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// A count, then as many texts, each of which must be readable.
  mutating func list<Element>(_ element: (String) -> Element?) -> [Element]? {
    guard let count = number(), count <= UInt64(input.count) else { return nil }
    var elements: [Element] = []
    for _ in 0..<count {
      guard let next = text().flatMap(element) else { return nil }
      elements.append(next)
    }
    return elements
  }
}
