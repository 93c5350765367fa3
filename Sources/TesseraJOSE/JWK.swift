import Crypto

/// The public part of a key (RFC 7517): what verifies a signature, never what makes one.
package struct JWK: Sendable, Hashable {
  /// The key itself, by kty.
  package enum Material: Sendable, Hashable {
    /// An elliptic curve point on P-256 (RFC 7518 §6.2), 32 bytes a coordinate.
    case p256(x: [UInt8], y: [UInt8])
    /// An elliptic curve point on P-384, 48 bytes a coordinate.
    case p384(x: [UInt8], y: [UInt8])
    /// RSA modulus and exponent (RFC 7518 §6.3), big-endian without leading zeros.
    case rsa(n: [UInt8], e: [UInt8])
    /// Ed25519 (RFC 8037 §2).
    case ed25519(x: [UInt8])
    /// ML-DSA-65: kty `AKP`, for which `alg` is part of the key.
    case mlDSA65(pub: [UInt8])

    /// Whether it is of type `AKP`, which many libraries do not know.
    package var isPostQuantum: Bool { if case .mlDSA65 = self { true } else { false } }
  }

  /// The key itself.
  package let material: Material
  /// The key ID; nil for one without, which only other people's keys are.
  package let keyID: String?
  /// The only algorithm that it is for (RFC 7517 §4.4); nil for any that its material allows.
  package let algorithm: SigningAlgorithm?

  /// A key with its RFC 7638 thumbprint as its ID.
  package init(_ material: Material, for algorithm: SigningAlgorithm) {
    self.material = material
    self.algorithm = algorithm
    keyID = JWK.thumbprint(of: material)
  }

  /// A key of somebody else.
  package init(material: Material, keyID: String?, algorithm: SigningAlgorithm?) {
    self.material = material
    self.keyID = keyID
    self.algorithm = algorithm
  }

  /// The key as JSON (RFC 7517 §4), with `use` sig.
  package var json: String {
    let members = members + [("use", "sig")]
    return "{\(members.map { #""\#($0.name)":"\#($0.value)""# }.joined(separator: ","))}"
  }

  /// The members of the key as JSON but for its use: those that make it up, its algorithm and its ID.
  package var members: [(name: String, value: String)] {
    var members = required
    if let algorithm, !required.contains(where: { $0.0 == "alg" }) { members.append(("alg", algorithm.name)) }
    if let keyID { members.append(("kid", keyID)) }
    return members
  }

  /// The members that make up the key, in the order of the thumbprint (RFC 7638 §3.2): lexicographic.
  private var required: [(String, String)] { JWK.required(material) }

  private static func required(_ material: Material) -> [(String, String)] {
    switch material {
    case .p256(let x, let y):
      [("crv", "P-256"), ("kty", "EC"), ("x", Base64URL.encode(x)), ("y", Base64URL.encode(y))]
    case .p384(let x, let y):
      [("crv", "P-384"), ("kty", "EC"), ("x", Base64URL.encode(x)), ("y", Base64URL.encode(y))]
    case .rsa(let n, let e): [("e", Base64URL.encode(e)), ("kty", "RSA"), ("n", Base64URL.encode(n))]
    case .ed25519(let x): [("crv", "Ed25519"), ("kty", "OKP"), ("x", Base64URL.encode(x))]
    case .mlDSA65(let pub): [("alg", "ML-DSA-65"), ("kty", "AKP"), ("pub", Base64URL.encode(pub))]
    }
  }

  /// The SHA-256 thumbprint of a key (RFC 7638), in base64url: the same for everybody who has the key.
  package static func thumbprint(of material: Material) -> String {
    Base64URL.encode(thumbprintBytes(of: material))
  }

  /// The same as it is before it is encoded: 32 bytes.
  package static func thumbprintBytes(of material: Material) -> [UInt8] {
    let members = required(material).map { #""\#($0)":"\#($1)""# }.joined(separator: ",")
    return Array(SHA256.hash(data: Array("{\(members)}".utf8)))
  }

  /// What verifies signatures by this algorithm with the key; nil when the key is not for it.
  package func verifyingKey(for algorithm: SigningAlgorithm) -> (any VerifyingKey)? {
    guard self.algorithm == nil || self.algorithm == algorithm else { return nil }
    return algorithm.verifier(material)
  }
}

extension JWK {
  /// Reads a key of a set; nil for one that cannot verify signatures here: another kty or curve, a symmetric or
  /// an encryption key, or one that is malformed or weak.
  ///
  /// `x5u`, `x5c` and the like are ignored: what counts is the key (RFC 8725 §3.10).
  package init?(_ json: JSON) {
    guard let members = json.members, members["use"].map({ $0.text == "sig" }) ?? true,
      members["key_ops"].map({ $0.elements?.contains(.string("verify")) ?? false }) ?? true,
      let material = JWK.material(members)
    else { return nil }
    var algorithm: SigningAlgorithm?
    if let named = members["alg"] {
      guard let known = named.text.flatMap(SigningAlgorithm.init) else { return nil }
      algorithm = known
    }
    if let keyID = members["kid"], keyID.text == nil { return nil }
    self.init(material: material, keyID: members["kid"]?.text, algorithm: algorithm)
  }

  private static func material(_ members: [String: JSON]) -> Material? {
    func bytes(_ name: String) -> [UInt8]? {
      members[name]?.text.flatMap { Base64URL.decode($0.utf8) }
    }
    switch (members["kty"]?.text, members["crv"]?.text) {
    case ("EC", "P-256"):
      guard let x = bytes("x"), let y = bytes("y"), x.count == 32, y.count == 32 else { return nil }
      return .p256(x: x, y: y)
    case ("EC", "P-384"):
      guard let x = bytes("x"), let y = bytes("y"), x.count == 48, y.count == 48 else { return nil }
      return .p384(x: x, y: y)
    case ("OKP", "Ed25519"):
      guard let x = bytes("x"), x.count == 32 else { return nil }
      return .ed25519(x: x)
    case ("RSA", _):
      // 2048 to 8192 bits: a weaker one proves nothing (RFC 7518 §3.3), a longer one costs too much.
      guard let n = bytes("n"), let e = bytes("e"), (256...1024).contains(n.count), (1...8).contains(e.count),
        n[0] != 0
      else { return nil }
      return .rsa(n: n, e: e)
    case ("AKP", _):
      guard members["alg"]?.text == "ML-DSA-65", let pub = bytes("pub"), pub.count == 1952 else { return nil }
      return .mlDSA65(pub: pub)
    default: return nil
    }
  }
}
