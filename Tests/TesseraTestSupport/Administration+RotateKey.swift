package import TesseraCore

extension Administration {
  /// Rotates the key of one use.
  package func rotateKey(for use: KeyUse, now: Bool = false) async throws -> WrappedKey {
    try await rotateKeys(for: [use], now: now)[0]
  }
}
