extension JWK {
  /// Reads a key of a set; nil for one that cannot verify signatures here: another kty or curve, a symmetric or
  /// an encryption key, or one that is malformed or weak.
  ///
  /// `x5u`, `x5c` and the like are ignored: what counts is the key (RFC 8725 §3.10).
  init?(_ json: JSON) {
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
