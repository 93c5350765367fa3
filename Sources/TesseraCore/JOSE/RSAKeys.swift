import Crypto
import CryptoExtras

/// An RSA key, with either padding.
struct RSASigningKey: SigningKey {
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

/// Verifies with an RSA key, with either padding.
struct RSAVerifier: VerifyingKey {
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
