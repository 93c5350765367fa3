/// base64url without padding (RFC 7515 §2, RFC 4648 §5).
package enum Base64URL {
  /// Appends the text of these bytes.
  @inlinable package static func append(_ bytes: some Collection<UInt8>, to text: inout [UInt8]) {
    if bytes.withContiguousStorageIfAvailable({ append($0, to: &text) }) == nil {
      Array(bytes).withUnsafeBufferPointer { append($0, to: &text) }
    }
  }

  @usableFromInline static func append(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
    Alphabet.urlSafe.append(bytes, to: &text)
  }

  /// The text of these bytes.
  @inlinable package static func encode(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 4 + 2) / 3)
    append(bytes, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of this text; nil for padding, another alphabet, an impossible length, or unused bits that are
  /// not zero.
  ///
  /// So two different texts never give the same bytes.
  @inlinable package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    if let bytes = text.withContiguousStorageIfAvailable({ decode(contiguous: $0) }) { return bytes }
    return Array(text).withUnsafeBufferPointer { decode(contiguous: $0) }
  }

  @usableFromInline static func decode(contiguous text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard let (bytes, rest) = Alphabet.urlSafe.decode(text), rest == 0 else { return nil }
    return bytes
  }
}

/// base64 (RFC 4648 §4), decoding only.
package enum Base64 {
  /// The bytes of this text; nil for another alphabet or an impossible length.
  ///
  /// Padding may be left out, because some clients do; where it is there it must be right.
  package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let characters = text.last == UInt8(ascii: "=") ? unpadded(text) : text
    return characters?.withUnsafeBufferPointer { Alphabet.standard.decode($0)?.bytes }
  }

  private static func unpadded(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard text.count % 4 == 0 else { return nil }
    let end = text.dropLast()
    return end.last == UInt8(ascii: "=") ? end.dropLast() : end
  }
}

/// The characters of an encoding by six bits (RFC 4648 §4, §5).
private struct Alphabet: Sendable {
  private static let invalid: UInt8 = 0xFF

  /// With `+` and `/`.
  static let standard = Alphabet(last: "+/")
  /// With `-` and `_`.
  static let urlSafe = Alphabet(last: "-_")

  private let characters: [UInt8]
  private let values: [UInt8]

  private init(last: String) {
    let characters = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
    var values = [UInt8](repeating: Alphabet.invalid, count: 256)
    for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
    self.characters = characters
    self.values = values
  }

  /// Appends the text of these bytes, without padding.
  func append(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: (bytes.count * 4 + 2) / 3) { encoded in
      encode(bytes, to: encoded)
      text.append(contentsOf: encoded)
    }
  }

  private func encode(_ bytes: UnsafeBufferPointer<UInt8>, to text: UnsafeMutableBufferPointer<UInt8>) {
    characters.withUnsafeBufferPointer { characters in
      var buffer: UInt32 = 0
      var bits: UInt32 = 0
      var position = 0
      for byte in bytes {
        buffer = buffer << 8 | UInt32(byte)
        bits += 8
        while bits >= 6 {
          bits -= 6
          text[position] = characters[Int(buffer >> bits & 63)]
          position += 1
        }
      }
      if bits > 0 { text[position] = characters[Int(buffer << (6 - bits) & 63)] }
    }
  }

  /// The bytes of a text without padding, and the bits of its last character that stand for none; nil for another
  /// alphabet or an impossible length.
  func decode(_ text: UnsafeBufferPointer<UInt8>) -> (bytes: [UInt8], rest: UInt32)? {
    guard text.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count * 3 / 4)
    var buffer: UInt32 = 0
    var bits: UInt32 = 0
    for character in text {
      let value = values[Int(character)]
      guard value != Alphabet.invalid else { return nil }
      buffer = buffer << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
        buffer &= (1 << bits) - 1
      }
    }
    return (bytes, buffer)
  }
}
