/// The identifier of one access token (`jti`): the nonce it was sealed with, or what stands in a JWT.
package struct TokenID: Hashable, Sendable, CustomStringConvertible {
  /// How many bytes it has.
  package static let byteCount = 12

  /// Two numbers instead of an array, so that a million revocations are a million small values.
  private let first: UInt64
  private let last: UInt32

  /// Nil unless there are 12 bytes.
  ///
  /// Not generic: it is on the way of every request with a token, and the other targets have no generic body to
  /// specialise.
  package init?(bytes: ArraySlice<UInt8>) {
    guard bytes.count == TokenID.byteCount else { return nil }
    var (first, last) = (UInt64(0), UInt32(0))
    for byte in bytes.prefix(8) { first = first << 8 | UInt64(byte) }
    for byte in bytes.dropFirst(8) { last = last << 8 | UInt32(byte) }
    self.first = first
    self.last = last
  }

  /// Nil unless there are 12 bytes.
  package init?(bytes: some Collection<UInt8>) {
    self.init(bytes: Array(bytes)[...])
  }

  /// Nil unless the text is what `description` gives.
  package init?(_ text: some Collection<UInt8>) {
    guard text.count == 20, let bytes = Base32.lowerCase.decode(text) else { return nil }
    self.init(bytes: bytes[...])
  }

  /// Nil unless the text is what `description` gives.
  package init?(_ text: String) {
    self.init(text.utf8)
  }

  /// Its last bytes, which are random in tokens of every format.
  package var randomBits: UInt32 { last }

  /// The 12 bytes.
  package var bytes: [UInt8] {
    withUnsafeBytes(of: first.bigEndian) { Array($0) } + withUnsafeBytes(of: last.bigEndian) { Array($0) }
  }

  package var description: String { Base32.lowerCase.encode(bytes) }
}
