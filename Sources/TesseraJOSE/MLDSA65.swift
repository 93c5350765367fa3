import Crypto

extension SigningAlgorithm {
  /// ML-DSA-65 (FIPS 204), which quantum computers do not break: signatures of 3,309 bytes.
  package static let mlDSA65 = SigningAlgorithm(
    name: "ML-DSA-65",
    signatureLength: 3309,
    generate: { MLDSA65Key($0.bytes(count: 32)) },
    read: MLDSA65Key.init,
    verifier: MLDSA65Verifier.init
  )
}

private struct MLDSA65Key: SigningKey {
  private let key: MLDSA65.PrivateKey

  init?(_ seed: [UInt8]) {
    guard let key = try? MLDSA65.PrivateKey(seedRepresentation: seed, publicKey: nil) else { return nil }
    self.key = key
  }

  var privateBytes: [UInt8] { Array(key.seedRepresentation) }

  var publicMaterial: JWK.Material { .mlDSA65(pub: Array(key.publicKey.rawRepresentation)) }

  var verifyingKey: any VerifyingKey { MLDSA65Verifier(key: key.publicKey) }

  func signature(for bytes: [UInt8]) -> [UInt8]? {
    (try? key.signature(for: bytes)).map { Array($0) }
  }
}

private struct MLDSA65Verifier: VerifyingKey {
  private let key: MLDSA65.PublicKey

  init(key: MLDSA65.PublicKey) {
    self.key = key
  }

  init?(_ material: JWK.Material) {
    guard case .mlDSA65(let pub) = material, let key = try? MLDSA65.PublicKey(rawRepresentation: pub) else {
      return nil
    }
    self.key = key
  }

  func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    key.isValidSignature(signature, for: bytes)
  }
}
