/// RFC 4648 §6 base32 without padding.
package struct Base32: Sendable {
  private let alphabet: [UInt8]
  private let values: [UInt8]
  private static let invalid: UInt8 = 0xFF

  /// `A–Z2–7`, for secrets.
  package static let upperCase = Base32("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
  /// `a–z2–7`, for tokens.
  package static let lowerCase = Base32("abcdefghijklmnopqrstuvwxyz234567")

  private init(_ characters: StaticString) {
    let alphabet = Array(
      UnsafeBufferPointer(start: characters.utf8Start, count: characters.utf8CodeUnitCount)
    )
    var values = [UInt8](repeating: Base32.invalid, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    self.alphabet = alphabet
    self.values = values
  }

  /// The text of these bytes.
  package func encode(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.withUnsafeBytes(encode), as: UTF8.self)
  }

  /// The text of these bytes, as ASCII.
  package func encode(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let length = (bytes.count * 8 + 4) / 5
    return [UInt8](unsafeUninitializedCapacity: length) { text, written in
      alphabet.withUnsafeBufferPointer { alphabet in
        // Five bytes are eight characters.
        for start in stride(from: 0, to: bytes.count, by: 5) {
          var group: UInt64 = 0
          for position in start..<start + 5 {
            group = group << 8 | (position < bytes.count ? UInt64(bytes[position]) : 0)
          }
          for shift in stride(from: UInt64(35), through: 0, by: -5) where written < length {
            text[written] = alphabet[Int(group >> shift & 31)]
            written += 1
          }
        }
      }
    }
  }

  /// The bytes of this text; nil when a character is not of the alphabet, the length is impossible or the
  /// unused bits of the last character are not zero.
  ///
  /// So two different texts never give the same bytes.
  package func decode(_ text: Substring.UTF8View) -> [UInt8]? {
    if let bytes = text.withContiguousStorageIfAvailable({ decode(contiguous: $0) }) { return bytes }
    return Array(text).withUnsafeBufferPointer { decode(contiguous: $0) }
  }

  /// The same, of another collection.
  package func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    Array(text).withUnsafeBufferPointer { decode(contiguous: $0) }
  }

  private func decode(contiguous text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard [0, 2, 4, 5, 7].contains(text.count % 8) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count * 5 / 8)
    var buffer: UInt32 = 0
    var bits = 0
    for character in text {
      let value = values[Int(character)]
      guard value != Base32.invalid else { return nil }
      buffer = buffer << 5 | UInt32(value)
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
        buffer &= (1 << UInt32(bits)) - 1
      }
    }
    return buffer == 0 ? bytes : nil
  }
}
