import Crypto

extension SigningAlgorithm {
  /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).
  package static let es256 = SigningAlgorithm(
    name: "ES256",
    signatureLength: 64,
    generate: { randomness in
      // Nearly every 32 bytes are a key; those that are not are drawn again.
      while true {
        if let key = ES256Key(randomness.bytes(count: 32)) { return key }
      }
    },
    read: ES256Key.init,
    verifier: ES256Verifier.init
  )
}

private struct ES256Key: SigningKey {
  private let key: P256.Signing.PrivateKey

  init?(_ bytes: [UInt8]) {
    guard let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes) else { return nil }
    self.key = key
  }

  var privateBytes: [UInt8] { Array(key.rawRepresentation) }

  var publicMaterial: JWK.Material {
    let point = Array(key.publicKey.rawRepresentation)
    return .p256(x: Array(point[..<32]), y: Array(point[32...]))
  }

  var verifyingKey: any VerifyingKey { ES256Verifier(key: key.publicKey) }

  func signature(for bytes: [UInt8]) -> [UInt8]? {
    (try? key.signature(for: SHA256.hash(data: bytes))).map { Array($0.rawRepresentation) }
  }
}

private struct ES256Verifier: VerifyingKey {
  private let key: P256.Signing.PublicKey

  init(key: P256.Signing.PublicKey) {
    self.key = key
  }

  init?(_ material: JWK.Material) {
    guard case .p256(let x, let y) = material,
      let key = try? P256.Signing.PublicKey(rawRepresentation: x + y)
    else { return nil }
    self.key = key
  }

  /// R and S of 32 bytes each; DER, other lengths and zeros are no signature (RFC 8725 §3.4).
  func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    guard signature.count == 64, let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
    else { return false }
    return key.isValidSignature(parsed, for: SHA256.hash(data: bytes))
  }
}
