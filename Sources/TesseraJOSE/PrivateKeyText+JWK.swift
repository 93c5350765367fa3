import Crypto
import CryptoExtras

extension PrivateKeyText {
  /// A JWK, or a set with one key (RFC 7517 §5).
  static func jwk(_ text: String) throws(Problem) -> Parsed {
    guard let members = JSON(text.utf8)?.members else { throw .isNoKey }
    guard let keys = members["keys"] else { return try parsed(members) }
    guard let elements = keys.elements, elements.count == 1, let only = elements[0].members else {
      throw .isNoKey
    }
    return try parsed(only)
  }

  private static func parsed(_ members: [String: JSON]) throws(Problem) -> Parsed {
    guard let type = members["kty"]?.text else { throw .isNoKey }
    guard type != "oct" else { throw .isSymmetric }
    guard members["d"] != nil || members["priv"] != nil else { throw .isPublic }
    guard let material = try material(type, members) else { throw .isUnreadable }
    for name in ["alg", "kid"] where members[name] != nil && members.text(name) == nil { throw .isUnreadable }
    return Parsed(material: material, algorithmName: members.text("alg"), keyID: members.text("kid"))
  }

  /// Nil for another curve, and for a public half that does not belong to the private one.
  private static func material(
    _ type: String,
    _ members: [String: JSON]
  ) throws(Problem) -> PrivateMaterial? {
    func bytes(_ name: String) -> [UInt8]? { members[name]?.text.flatMap { Base64URL.decode($0.utf8) } }
    if type == "AKP" {
      guard let seed = bytes("priv"), let pub = bytes("pub"),
        let key = try? MLDSA65.PrivateKey(seedRepresentation: seed, publicKey: nil),
        pub == Array(key.publicKey.rawRepresentation)
      else { return nil }
      return PrivateMaterial(key)
    }
    guard let d = bytes("d") else { return nil }
    switch (type, members["crv"]?.text) {
    case ("EC", "P-256"):
      guard let key = try? P256.Signing.PrivateKey(rawRepresentation: d), let x = bytes("x"),
        let y = bytes("y"), x + y == Array(key.publicKey.rawRepresentation)
      else { return nil }
      return PrivateMaterial(key)
    case ("EC", "P-384"):
      guard let key = try? P384.Signing.PrivateKey(rawRepresentation: d), let x = bytes("x"),
        let y = bytes("y"), x + y == Array(key.publicKey.rawRepresentation)
      else { return nil }
      return PrivateMaterial(key)
    case ("OKP", "Ed25519"):
      guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: d), let x = bytes("x"),
        x == Array(key.publicKey.rawRepresentation)
      else { return nil }
      return PrivateMaterial(key)
    case ("RSA", _):
      guard let n = bytes("n"), let e = bytes("e"), let p = bytes("p"), let q = bytes("q") else { return nil }
      guard n.count >= 256 else { throw .isWeak }
      guard let key = try? _RSA.Signing.PrivateKey(n: n, e: e, d: d, p: p, q: q) else { return nil }
      return try PrivateMaterial(key)
    default: return nil
    }
  }
}
