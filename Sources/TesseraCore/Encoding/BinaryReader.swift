/// Reads what was written to a `BinaryOutput`.
///
/// Every function gives nil where the bytes do not have what it asks for.
struct BinaryReader {
  private let input: ArraySlice<UInt8>
  private var position: Int

  init(_ input: ArraySlice<UInt8>) {
    self.input = input
    position = input.startIndex
  }

  /// What was not read yet.
  var rest: [UInt8] { Array(input[position...]) }

  var isAtEnd: Bool { position == input.endIndex }

  mutating func byte() -> UInt8? {
    guard position < input.endIndex else { return nil }
    defer { position += 1 }
    return input[position]
  }

  mutating func bytes(count: Int) -> ArraySlice<UInt8>? {
    guard count <= input.endIndex - position else { return nil }
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
