/// The public part of a key (RFC 7517): what verifies a signature, never what makes one.
package struct JWK: Sendable, Hashable {
  /// The key itself, by kty.
  package enum Material: Sendable, Hashable {
    /// An elliptic curve point on P-256 (RFC 7518 §6.2), 32 bytes a coordinate.
    case p256(x: [UInt8], y: [UInt8])
    /// RSA modulus and exponent (RFC 7518 §6.3), big-endian without leading zeros.
    case rsa(n: [UInt8], e: [UInt8])
    /// Ed25519 (RFC 8037 §2).
    case ed25519(x: [UInt8])
    /// ML-DSA-65: kty `AKP`, for which `alg` is part of the key.
    case mlDSA65(pub: [UInt8])

    /// Whether it is of type `AKP`, which many libraries do not know.
    var isPostQuantum: Bool { if case .mlDSA65 = self { true } else { false } }
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

  init(material: Material, keyID: String?, algorithm: SigningAlgorithm?) {
    self.material = material
    self.keyID = keyID
    self.algorithm = algorithm
  }

  /// The key as JSON (RFC 7517 §4), with `use` sig.
  package var json: String {
    var members = required.map { #""\#($0)":"\#($1)""# }
    if let algorithm, !required.contains(where: { $0.0 == "alg" }) {
      members.append(#""alg":"\#(algorithm)""#)
    }
    if let keyID { members.append(#""kid":"\#(keyID)""#) }
    members.append(#""use":"sig""#)
    return "{\(members.joined(separator: ","))}"
  }

  /// The members that make up the key, in the order of the thumbprint (RFC 7638 §3.2): lexicographic.
  var required: [(String, String)] { JWK.required(material) }

  static func required(_ material: Material) -> [(String, String)] {
    switch material {
    case .p256(let x, let y):
      [("crv", "P-256"), ("kty", "EC"), ("x", Base64URL.encode(x)), ("y", Base64URL.encode(y))]
    case .rsa(let n, let e): [("e", Base64URL.encode(e)), ("kty", "RSA"), ("n", Base64URL.encode(n))]
    case .ed25519(let x): [("crv", "Ed25519"), ("kty", "OKP"), ("x", Base64URL.encode(x))]
    case .mlDSA65(let pub): [("alg", "ML-DSA-65"), ("kty", "AKP"), ("pub", Base64URL.encode(pub))]
    }
  }
}
