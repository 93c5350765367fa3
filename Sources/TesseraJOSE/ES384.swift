import Crypto

extension SigningAlgorithm {
  /// ECDSA on P-384 with SHA-384 (RFC 7518 §3.4).
  package static let es384 = SigningAlgorithm(
    name: "ES384",
    signatureLength: 96,
    generate: { randomness in
      // Nearly every 48 bytes are a key; those that are not are drawn again.
      while true {
        if let key = ES384Key(randomness.bytes(count: 48)) { return key }
      }
    },
    read: ES384Key.init,
    verifier: ES384Verifier.init
  )
}

private struct ES384Key: SigningKey {
  private let key: P384.Signing.PrivateKey

  init?(_ bytes: [UInt8]) {
    guard let key = try? P384.Signing.PrivateKey(rawRepresentation: bytes) else { return nil }
    self.key = key
  }

  var privateBytes: [UInt8] { Array(key.rawRepresentation) }

  var publicMaterial: JWK.Material {
    let point = Array(key.publicKey.rawRepresentation)
    return .p384(x: Array(point[..<48]), y: Array(point[48...]))
  }

  var verifyingKey: any VerifyingKey { ES384Verifier(key: key.publicKey) }

  func signature(for bytes: [UInt8]) -> [UInt8]? {
    (try? key.signature(for: SHA384.hash(data: bytes))).map { Array($0.rawRepresentation) }
  }
}

private struct ES384Verifier: VerifyingKey {
  private let key: P384.Signing.PublicKey

  init(key: P384.Signing.PublicKey) {
    self.key = key
  }

  init?(_ material: JWK.Material) {
    guard case .p384(let x, let y) = material,
      let key = try? P384.Signing.PublicKey(rawRepresentation: x + y)
    else { return nil }
    self.key = key
  }

  /// R and S of 48 bytes each; DER, other lengths and zeros are no signature (RFC 8725 §3.4).
  func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    guard signature.count == 96, let parsed = try? P384.Signing.ECDSASignature(rawRepresentation: signature)
    else { return false }
    return key.isValidSignature(parsed, for: SHA384.hash(data: bytes))
  }
}
