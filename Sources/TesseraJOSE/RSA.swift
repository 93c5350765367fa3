import Crypto
import CryptoExtras

extension SigningAlgorithm {
  /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3): for verifiers that know nothing newer.
  package static let rs256 = rsa("RS256", padding: .insecurePKCS1v1_5)

  /// RSASSA-PSS with SHA-256 (RFC 7518 §3.5).
  package static let ps256 = rsa("PS256", padding: .PSS)

  private static func rsa(_ name: String, padding: _RSA.Signing.Padding) -> SigningAlgorithm {
    SigningAlgorithm(
      name: name,
      signatureLength: 256,
      generate: { _ in RSAKey(generatingFor: padding) },
      read: { RSAKey($0, padding: padding) },
      verifier: { RSAVerifier($0, padding: padding) }
    )
  }
}

private struct RSAKey: SigningKey {
  private let key: _RSA.Signing.PrivateKey
  private let padding: _RSA.Signing.Padding

  /// A new key of 2048 bits (RFC 7518 §3.3: or larger).
  ///
  /// The library draws its own randomness.
  init?(generatingFor padding: _RSA.Signing.Padding) {
    guard let key = try? _RSA.Signing.PrivateKey(keySize: .bits2048) else { return nil }
    self.key = key
    self.padding = padding
  }

  init?(_ bytes: [UInt8], padding: _RSA.Signing.Padding) {
    guard let key = try? _RSA.Signing.PrivateKey(derRepresentation: bytes) else { return nil }
    self.key = key
    self.padding = padding
  }

  var privateBytes: [UInt8] { Array(key.derRepresentation) }

  var publicMaterial: JWK.Material {
    guard let primitives = try? key.publicKey.getKeyPrimitives() else {
      preconditionFailure("an RSA key has a modulus and an exponent")
    }
    return .rsa(n: Array(primitives.modulus), e: Array(primitives.publicExponent))
  }

  var verifyingKey: any VerifyingKey { RSAVerifier(key: key.publicKey, padding: padding) }

  func signature(for bytes: [UInt8]) -> [UInt8]? {
    (try? key.signature(for: SHA256.hash(data: bytes), padding: padding)).map { Array($0.rawRepresentation) }
  }
}

private struct RSAVerifier: VerifyingKey {
  private let key: _RSA.Signing.PublicKey
  private let padding: _RSA.Signing.Padding

  init(key: _RSA.Signing.PublicKey, padding: _RSA.Signing.Padding) {
    self.key = key
    self.padding = padding
  }

  init?(_ material: JWK.Material, padding: _RSA.Signing.Padding) {
    guard case .rsa(let n, let e) = material, let key = try? _RSA.Signing.PublicKey(n: n, e: e) else {
      return nil
    }
    self.init(key: key, padding: padding)
  }

  func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    key.isValidSignature(
      _RSA.Signing.RSASignature(rawRepresentation: signature),
      for: SHA256.hash(data: bytes),
      padding: padding
    )
  }
}
