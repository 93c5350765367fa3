import CryptoExtras

extension SigningAlgorithm {
  /// RSASSA-PSS with SHA-256 (RFC 7518 §3.5).
  package static let ps256 = SigningAlgorithm(
    name: "PS256",
    signatureLength: 256,
    generate: { _ in RSASigningKey(generatingFor: .PSS) },
    read: { RSASigningKey($0, padding: .PSS) },
    verifier: { RSAVerifier($0, padding: .PSS) }
  )
}
