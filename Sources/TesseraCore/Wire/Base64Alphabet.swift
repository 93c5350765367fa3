/// The characters of an encoding by six bits (RFC 4648 §4, §5).
struct Base64Alphabet: Sendable {
  private static let invalid: UInt8 = 0xFF

  /// With `+` and `/`.
  static let standard = Base64Alphabet(last: "+/")
  /// With `-` and `_`.
  static let urlSafe = Base64Alphabet(last: "-_")

  private let characters: [UInt8]
  private let values: [UInt8]

  private init(last: String) {
    let characters = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
    var values = [UInt8](repeating: Base64Alphabet.invalid, count: 256)
    for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
    self.characters = characters
    self.values = values
  }

  /// Appends the text of these bytes, without padding.
  func append(_ bytes: some Collection<UInt8>, to text: inout [UInt8]) {
    characters.withUnsafeBufferPointer { characters in
      var buffer: UInt32 = 0
      var bits: UInt32 = 0
      for byte in bytes {
        buffer = buffer << 8 | UInt32(byte)
        bits += 8
        while bits >= 6 {
          bits -= 6
          text.append(characters[Int(buffer >> bits & 63)])
        }
      }
      if bits > 0 { text.append(characters[Int(buffer << (6 - bits) & 63)]) }
    }
  }

  /// The bytes of a text without padding, and the bits of its last character that stand for none; nil for another
  /// alphabet or an impossible length.
  func decode(_ text: some Collection<UInt8>) -> (bytes: [UInt8], rest: UInt32)? {
    guard text.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count * 3 / 4)
    var buffer: UInt32 = 0
    var bits: UInt32 = 0
    for character in text {
      let value = values[Int(character)]
      guard value != Base64Alphabet.invalid else { return nil }
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
