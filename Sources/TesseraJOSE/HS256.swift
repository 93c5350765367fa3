import Crypto

/// A JWS that is authenticated by a shared secret: HMAC with SHA-256 (RFC 7518 §3.2).
///
/// It is no `SigningAlgorithm`: no public key can be taken for its secret.
package struct HS256: Sendable {
  /// The value of `alg`.
  package static let name = "HS256"

  private let compact: CompactJWS

  /// Nil for another algorithm.
  init?(_ compact: CompactJWS) {
    guard compact.header["alg"]?.text == HS256.name else { return nil }
    self.compact = compact
  }

  /// Whether this secret authenticates it, in a time that does not tell how nearly.
  package func isAuthenticated(by secret: [UInt8]) -> Bool {
    HMAC<SHA256>.isValidAuthenticationCode(
      compact.signature,
      authenticating: compact.signedBytes,
      using: SymmetricKey(data: secret)
    )
  }
}
