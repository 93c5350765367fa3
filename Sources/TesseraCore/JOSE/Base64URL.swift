/// base64url without padding (RFC 7515 §2, RFC 4648 §5).
package enum Base64URL {
  /// Appends the text of these bytes.
  package static func append(_ bytes: some Collection<UInt8>, to text: inout [UInt8]) {
    Base64Alphabet.urlSafe.append(bytes, to: &text)
  }

  /// The text of these bytes.
  package static func encode(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 4 + 2) / 3)
    append(bytes, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of this text; nil for padding, another alphabet, an impossible length, or unused bits that are
  /// not zero.
  ///
  /// So two different texts never give the same bytes.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard let (bytes, rest) = Base64Alphabet.urlSafe.decode(text), rest == 0 else { return nil }
    return bytes
  }
}
