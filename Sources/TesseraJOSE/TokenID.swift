/// The identifier of one access token (`jti`): the nonce it was sealed with, or what stands in a JWT.
package struct TokenID: Hashable, Sendable, CustomStringConvertible {
  /// How many bytes it has.
  package static let byteCount = 12

  /// Two numbers instead of an array, so that a million revocations are a million small values.
  private let first: UInt64
  private let last: UInt32

  /// Nil unless there are 12 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == TokenID.byteCount else { return nil }
    first = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    last = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Nil unless the text is what `description` gives.
  package init?(_ text: some Collection<UInt8>) {
    guard text.count == 20, let bytes = Base32.lowerCase.decode(text) else { return nil }
    self.init(bytes: bytes)
  }

  /// Nil unless the text is what `description` gives.
  package init?(_ text: String) {
    self.init(text.utf8)
  }

  /// The 12 bytes.
  package var bytes: [UInt8] {
    withUnsafeBytes(of: first.bigEndian) { Array($0) } + withUnsafeBytes(of: last.bigEndian) { Array($0) }
  }

  package var description: String { Base32.lowerCase.encode(bytes) }
}
