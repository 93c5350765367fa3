import Crypto
import CryptoExtras

/// A private key as others write it: PEM (PKCS#8, SEC 1 or PKCS#1) or a JWK (RFC 7517).
package struct PrivateKeyText: Sendable {
  /// Why there is no key, without anything of the text.
  package enum Problem: Error, Sendable, Hashable {
    /// It is neither PEM nor a JWK.
    case isNoKey
    /// It is the public half, or a certificate.
    case isPublic
    /// It needs a passphrase.
    case isEncrypted
    /// It is symmetric, which proves nothing to anybody but those who have it too.
    case isSymmetric
    /// It is malformed, or of a kind that signs by no algorithm here.
    case isUnreadable
    /// An RSA key of fewer than 2048 bits (RFC 7518 §3.3).
    case isWeak
    /// The key signs by others than the algorithm that was asked for, or that its JWK names.
    case isForOthers(algorithms: [String])
  }

  package let key: any SigningKey
  package let algorithm: SigningAlgorithm
  /// The `kid` of a JWK; nil for one without, and for PEM.
  package let keyID: String?

  /// Reads a key, to sign by the algorithm of this name; nil for that of its JWK, or the best that it can.
  package init(_ text: String, for algorithmName: String? = nil) throws(Problem) {
    let parsed = try text.first == "{" ? PrivateKeyText.jwk(text) : PrivateKeyText.pem(text)
    let names = parsed.material.algorithms
    let name = algorithmName ?? parsed.algorithmName ?? names[0]
    guard names.contains(name) else { throw .isForOthers(algorithms: names) }
    if let only = parsed.algorithmName, only != name { throw .isForOthers(algorithms: [only]) }
    guard let algorithm = SigningAlgorithm(name), let key = algorithm.read(parsed.material.bytes) else {
      throw .isUnreadable
    }
    self.key = key
    self.algorithm = algorithm
    keyID = parsed.keyID
  }

  /// What a text says.
  struct Parsed {
    let material: PrivateMaterial
    var algorithmName: String?
    var keyID: String?
  }

  private static let begin = "-----BEGIN "
  private static let dashes = "-----"

  /// The first block with a private key; others, such as certificates and `EC PARAMETERS`, may stand beside it.
  private static func pem(_ text: String) throws(Problem) -> Parsed {
    let lines = text.split(whereSeparator: \.isNewline).map { String($0.trimmingSpace) }
    let labels = lines.filter { $0.hasPrefix(begin) && $0.hasSuffix(dashes) }
      .map { String($0.dropFirst(begin.count).dropLast(dashes.count)) }
    guard let label = labels.first(where: { $0.hasSuffix("PRIVATE KEY") }) else {
      throw labels.contains { $0.hasSuffix("PUBLIC KEY") || $0 == "CERTIFICATE" } ? .isPublic : .isNoKey
    }
    guard label != "ENCRYPTED PRIVATE KEY", !lines.contains(where: { $0.hasPrefix("Proc-Type:") }) else {
      throw .isEncrypted
    }
    let block = lines.drop { $0 != begin + label + dashes }
    guard let end = block.firstIndex(of: "-----END \(label)-----") else { throw .isUnreadable }
    guard let material = try PrivateMaterial(pem: block[...end].joined(separator: "\n")) else {
      throw .isUnreadable
    }
    return Parsed(material: material)
  }
}

extension PrivateKeyText.Problem: CustomStringConvertible {
  /// What is wrong and what to do about it, after "it".
  package var description: String {
    switch self {
    case .isNoKey: "is neither PEM nor a JWK"
    case .isPublic: "is a public key or a certificate: the private half is needed"
    case .isEncrypted: "needs a passphrase: write it without one, by openssl pkcs8 -topk8 -nocrypt"
    case .isSymmetric: "is symmetric: one on P-256 or P-384, Ed25519, RSA or ML-DSA-65 is needed"
    case .isUnreadable: "cannot be read: one on P-256 or P-384, Ed25519, RSA or ML-DSA-65 is needed"
    case .isWeak: "is too short: an RSA key needs 2048 bits or more"
    case .isForOthers(let algorithms): "signs only by \(algorithms.joined(separator: " or "))"
    }
  }
}

/// The bytes of a private key as `SigningAlgorithm.read` takes them, by what it signs by.
struct PrivateMaterial {
  let bytes: [UInt8]
  /// The names of the algorithms that it signs by, the best first.
  let algorithms: [String]

  init(_ key: P256.Signing.PrivateKey) {
    (bytes, algorithms) = (Array(key.rawRepresentation), ["ES256"])
  }

  init(_ key: P384.Signing.PrivateKey) {
    (bytes, algorithms) = (Array(key.rawRepresentation), ["ES384"])
  }

  init(_ key: Curve25519.Signing.PrivateKey) {
    (bytes, algorithms) = (Array(key.rawRepresentation), ["EdDSA"])
  }

  init(_ key: _RSA.Signing.PrivateKey) throws(PrivateKeyText.Problem) {
    guard key.keySizeInBits >= 2048 else { throw .isWeak }
    (bytes, algorithms) = (Array(key.derRepresentation), ["PS256", "RS256"])
  }

  init(_ key: MLDSA65.PrivateKey) {
    (bytes, algorithms) = (Array(key.seedRepresentation), ["ML-DSA-65"])
  }

  private static let p256OID: [UInt8] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
  private static let p384OID: [UInt8] = [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22]
  private static let ed25519OID: [UInt8] = [0x06, 0x03, 0x2B, 0x65, 0x70]

  /// Nil for a block that no kind of key is in.
  ///
  /// The curve has to be named: the library takes a key for one of its own that is of another curve as long.
  init?(pem: String) throws(PrivateKeyText.Problem) {
    let lines = pem.split(separator: "\n").dropFirst().dropLast()
    guard let der = Base64.decode(Array(lines.joined().utf8)[...]) else { return nil }
    func names(_ oid: [UInt8]) -> Bool { der.firstRange(of: oid) != nil }
    if names(PrivateMaterial.p256OID), let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) {
      self.init(key)
    } else if names(PrivateMaterial.p384OID),
      let key = try? P384.Signing.PrivateKey(pemRepresentation: pem)
    {
      self.init(key)
    } else if names(PrivateMaterial.ed25519OID),
      let key = try? Curve25519.Signing.PrivateKey(pemRepresentation: pem)
    {
      self.init(key)
    } else if let key = try? _RSA.Signing.PrivateKey(unsafePEMRepresentation: pem) {
      try self.init(key)
    } else if let key = PrivateMaterial.mlDSA65(der) {
      self.init(key)
    } else {
      return nil
    }
  }

  /// PKCS#8 with the seed alone (RFC 9881 §6).
  private static func mlDSA65(_ der: [UInt8]) -> MLDSA65.PrivateKey? {
    let seed = Array(der.suffix(32))
    guard der == DER.privateKey(algorithm: DER.mlDSA65, DER.element(0x80, seed)) else { return nil }
    return try? MLDSA65.PrivateKey(seedRepresentation: seed, publicKey: nil)
  }
}

extension Substring {
  fileprivate var trimmingSpace: Substring {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return text
  }
}
