/// RFC 4648 §4 base64, decoding only.
enum Base64 {
  /// The bytes of this text; nil for another alphabet or an impossible length.
  ///
  /// Padding may be left out, because some clients do; where it is there it must be right.
  static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let characters = text.last == UInt8(ascii: "=") ? unpadded(text) : text
    return characters.flatMap(Base64Alphabet.standard.decode)?.bytes
  }

  private static func unpadded(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard text.count % 4 == 0 else { return nil }
    let end = text.dropLast()
    return end.last == UInt8(ascii: "=") ? end.dropLast() : end
  }
}
