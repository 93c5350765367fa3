package import TesseraJOSE

/// A key as it is stored: encrypted by the master key.
package struct WrappedKey: Sendable, Equatable {
  /// Its number, which tokens carry.
  package let number: UInt16
  /// What it is for.
  package let use: KeyUse
  /// AES-256-GCM under a key of the master key: nonce, ciphertext, tag.
  package let wrapped: [UInt8]
  /// When it was made.
  package let createdAt: Timestamp
  /// From when it seals or signs new tokens.
  ///
  /// It opens and verifies tokens from the start.
  package var activatesAt: Timestamp

  package init(
    number: UInt16,
    use: KeyUse,
    wrapped: [UInt8],
    createdAt: Timestamp,
    activatesAt: Timestamp
  ) {
    self.number = number
    self.use = use
    self.wrapped = wrapped
    self.createdAt = createdAt
    self.activatesAt = activatesAt
  }

  /// Whether another is the same key, be it wrapped by another master key.
  func isSame(_ other: WrappedKey) -> Bool {
    (number, createdAt) == (other.number, other.createdAt) && use == other.use
  }
}
