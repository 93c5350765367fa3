import Crypto
import CryptoExtras

extension JWK.Material {
  /// Reads a SubjectPublicKeyInfo in DER (RFC 5280 §4.1), or an RSAPublicKey (RFC 8017 A.1.1); nil for a key of another
  /// kind, or none. A weak one is told from those by its `modulusBits`.
  package init?(subjectPublicKeyInfo der: [UInt8]) {
    if let key = try? P256.Signing.PublicKey(derRepresentation: der) {
      let point = Array(key.rawRepresentation)
      self = .p256(x: Array(point[..<32]), y: Array(point[32...]))
    } else if let key = try? P384.Signing.PublicKey(derRepresentation: der) {
      let point = Array(key.rawRepresentation)
      self = .p384(x: Array(point[..<48]), y: Array(point[48...]))
    } else if let key = try? _RSA.Signing.PublicKey(unsafeDERRepresentation: der),
      // The library takes no notice of what follows.
      key.derRepresentation.elementsEqual(der) || key.pkcs1DERRepresentation.elementsEqual(der),
      let primitives = try? key.getKeyPrimitives()
    {
      self = .rsa(n: Array(primitives.modulus), e: Array(primitives.publicExponent))
    } else if let point = der.rest(after: JWK.ed25519Info, length: 32) {
      self = .ed25519(x: point)
    } else if let key = der.rest(after: JWK.mlDSA65Info, length: 1952) {
      self = .mlDSA65(pub: key)
    } else {
      return nil
    }
  }

  /// How many bits an RSA modulus has; nil for a key of another type.
  package var modulusBits: Int? {
    guard case .rsa(let n, _) = self, let first = n.first else { return nil }
    return n.count * 8 - first.leadingZeroBitCount
  }
}

extension JWK {
  /// What stands before an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410 §4).
  fileprivate static let ed25519Info: [UInt8] = [
    0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
  ]
  /// The same for ML-DSA-65 (RFC 9881 §4).
  fileprivate static let mlDSA65Info: [UInt8] = [
    0x30, 0x82, 0x07, 0xB2, 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12,
    0x03,
    0x82, 0x07, 0xA1, 0x00,
  ]
}

extension [UInt8] {
  /// What follows this beginning, if it has this length and nothing follows it.
  fileprivate func rest(after beginning: [UInt8], length: Int) -> [UInt8]? {
    guard count == beginning.count + length, starts(with: beginning) else { return nil }
    return Array(self[beginning.count...])
  }
}
