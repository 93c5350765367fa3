import CryptoExtras

extension SigningAlgorithm {
  /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3): for verifiers that know nothing newer.
  package static let rs256 = SigningAlgorithm(
    name: "RS256",
    signatureLength: 256,
    generate: { _ in RSASigningKey(generatingFor: .insecurePKCS1v1_5) },
    read: { RSASigningKey($0, padding: .insecurePKCS1v1_5) },
    verifier: { RSAVerifier($0, padding: .insecurePKCS1v1_5) }
  )
}
