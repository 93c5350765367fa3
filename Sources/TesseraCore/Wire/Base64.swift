/// RFC 4648 §4 base64, decoding only.
enum Base64 {
  private static let invalid: UInt8 = 0xFF
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: invalid, count: 256)
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()

  /// The bytes of this text; nil for another alphabet or an impossible length.
  ///
  /// Padding may be left out, because some clients do; where it is there it must be right.
  static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let characters = text.last == UInt8(ascii: "=") ? unpadded(text) : text
    guard let characters, characters.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count * 3 / 4)
    var buffer: UInt32 = 0
    var bits = 0
    for character in characters {
      let value = values[Int(character)]
      guard value != invalid else { return nil }
      buffer = buffer << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
        buffer &= (1 << UInt32(bits)) - 1
      }
    }
    return bytes
  }

  private static func unpadded(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard text.count % 4 == 0 else { return nil }
    let end = text.dropLast()
    return end.last == UInt8(ascii: "=") ? end.dropLast() : end
  }
}
