/// The identifier of one access token (`jti`): the nonce it was sealed with.
package struct TokenID: Hashable, Sendable, CustomStringConvertible {
  /// How many bytes it has.
  package static let byteCount = 12

  /// The 12 bytes.
  package let bytes: [UInt8]

  /// Nil unless there are 12 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == TokenID.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Nil unless the text is what `description` gives.
  package init?(_ text: String) {
    guard let bytes = Base32.lowerCase.decode(text.utf8) else { return nil }
    self.init(bytes: bytes)
  }

  package var description: String { Base32.lowerCase.encode(bytes) }
}

/// The revocation of one token (RFC 7009).
package struct Revocation: Sendable, Equatable {
  /// The token.
  package let token: TokenID
  /// When the token expires by itself, after which the revocation can be forgotten.
  package let expiresAt: Timestamp

  package init(token: TokenID, expiresAt: Timestamp) {
    self.token = token
    self.expiresAt = expiresAt
  }
}
