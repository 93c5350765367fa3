import Crypto

extension SigningAlgorithm {
  /// EdDSA with Ed25519 (RFC 8037 §3.1).
  package static let edDSA = SigningAlgorithm(
    name: "EdDSA",
    signatureLength: 64,
    generate: { Ed25519Key($0.bytes(count: 32)) },
    read: Ed25519Key.init,
    verifier: Ed25519Verifier.init
  )
}

private struct Ed25519Key: SigningKey {
  private let key: Curve25519.Signing.PrivateKey

  init?(_ bytes: [UInt8]) {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes) else { return nil }
    self.key = key
  }

  var privateBytes: [UInt8] { Array(key.rawRepresentation) }

  var publicMaterial: JWK.Material { .ed25519(x: Array(key.publicKey.rawRepresentation)) }

  var verifyingKey: any VerifyingKey { Ed25519Verifier(key: key.publicKey) }

  func signature(for bytes: [UInt8]) -> [UInt8]? {
    (try? key.signature(for: bytes)).map { Array($0) }
  }
}

private struct Ed25519Verifier: VerifyingKey {
  private let key: Curve25519.Signing.PublicKey

  init(key: Curve25519.Signing.PublicKey) {
    self.key = key
  }

  init?(_ material: JWK.Material) {
    guard case .ed25519(let x) = material,
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x)
    else { return nil }
    self.key = key
  }

  func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    signature.count == 64 && key.isValidSignature(signature, for: bytes)
  }
}
