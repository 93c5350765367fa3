import TesseraJOSE

/// Keys that clients may be registered with (FAPI 2.0 Security Profile §5.4.1: strong ones).
extension JWK {
  /// What a client brings in JSON.
  ///
  /// Throws what is wrong with it. One without an ID gets its thumbprint, by which assertions may name it.
  init(registering json: JSON) throws(AdministrationError) {
    guard let members = json.members else { throw .key("a JWK is a JSON object") }
    let type = members["kty"]?.text ?? ""
    guard type != "oct" else {
      throw .key("this is a symmetric key, which would have to be kept secret; give a public key")
    }
    guard JWK.privateMemberNames.isDisjoint(with: members.keys) else { throw .privateKey }
    guard let key = JWK(json) else { throw .key(JWK.problem(members, type)) }
    self = try key.registered()
  }

  /// What a client brings in PEM.
  init(registeringInfo der: [UInt8]) throws(AdministrationError) {
    guard let material = JWK.Material(subjectPublicKeyInfo: der) else {
      throw .key("this is a public key of another kind than there is here: one for \(JWK.kinds)")
    }
    let json = JSONValue(JWK(material: material, keyID: nil, algorithm: nil)).text()
    guard let json = JSON(json.utf8) else { throw .key("this public key cannot be read") }
    try self.init(registering: json)
  }

  private func registered() throws(AdministrationError) -> JWK {
    if let bits = material.modulusBits, bits < 2048 { throw .key(JWK.weak(bits)) }
    guard SigningAlgorithm.all.contains(where: { verifyingKey(for: $0) != nil }) else {
      throw .key("this key verifies nothing: its numbers make no key, or none for its alg")
    }
    guard let keyID else {
      return JWK(material: material, keyID: JWK.thumbprint(of: material), algorithm: algorithm)
    }
    let isPlain = keyID.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    guard (1...255).contains(keyID.utf8.count), isPlain else {
      throw .key("the ID of a key (kid) has 1 to 255 bytes and no control characters")
    }
    return self
  }

  private static func problem(_ members: [String: JSON], _ type: String) -> String {
    if let use = members["use"], use.text != "sig" { return "this key is not for signatures, by its use" }
    if members["key_ops"] != nil, members["key_ops"]?.elements?.contains(.string("verify")) != true {
      return "this key is not for verifying signatures, by its key_ops"
    }
    if type == "RSA", let modulus = members["n"]?.text, let bytes = Base64URL.decode(modulus.utf8),
      let bits = Material.rsa(n: Array(bytes.drop { $0 == 0 }), e: []).modulusBits,
      !(2048...8192).contains(bits)
    {
      return weak(bits)
    }
    if let name = members["alg"], name.text.flatMap(SigningAlgorithm.init) == nil {
      return "this key is for another algorithm than there is here: \(kinds)"
    }
    let named = [type, members["crv"]?.text ?? ""].filter { !$0.isEmpty }.joined(separator: " ").prefix(32)
    let what = named.isEmpty ? "no key" : "no key (\(named))"
    return "this is \(what) for signatures that can be verified here: one for \(kinds), whole and strong"
  }

  private static func weak(_ bits: Int) -> String {
    "an RSA key of \(bits) bits is too \(bits < 2048 ? "weak" : "long"): it has 2048 to 8192"
  }

  private static var kinds: String { SigningAlgorithm.all.map(\.name).joined(separator: ", ") }
}
