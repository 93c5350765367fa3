package import TesseraJOSE

/// A public key or a certificate of a client, in full: nothing in it is secret.
package struct ClientKeyRepresentation: Representation {
  private let key: ClientKey

  package init(_ key: ClientKey) {
    self.key = key
  }

  package var json: JSONValue {
    var (jwk, pem, subject) = (JSONValue.null, String?.none, String?.none)
    switch key.material {
    case .key(let known): jwk = JSONValue(known)
    case .certificate(let der):
      pem = CertificateDetails.pem(of: der)
      subject = CertificateDetails(der: der)?.subject
    }
    return .object([
      .init("name", .string(key.name)), .init("kind", .string(key.material.noun)), .init("jwk", jwk),
      .init("certificate", JSONValue(pem)), .init("subject", JSONValue(subject)),
      .init("thumbprint", .string(key.material.thumbprint)), .init("created_at", JSONValue(key.createdAt)),
      .init("expires_at", JSONValue(key.expiresAt)),
    ])
  }
}

/// The same with how it was used.
package struct UsedClientKeyRepresentation: Representation {
  private let key: ClientKey
  private let use: SecretUse?
  private let isInUse: Bool

  /// `use` is nil for a key that was never used.
  package init(_ key: ClientKey, _ use: SecretUse?, at now: Timestamp) {
    self.key = key
    self.use = use
    isInUse = use?.isRecent(at: now) ?? false
  }

  package var json: JSONValue {
    guard case .object(let members) = ClientKeyRepresentation(key).json else { return .null }
    return .object(
      members + [
        .init("last_used_at", JSONValue(use?.lastUsedAt)), .init("last_used_from", JSONValue(use?.address)),
        .init("uses", .integer(Int(use?.count ?? 0))), .init("in_use", .boolean(isInUse)),
      ]
    )
  }
}

extension JSONValue {
  /// A public key (RFC 7517).
  package init(_ jwk: JWK) {
    self = .object(jwk.members.map { .init($0.name, .string($0.value)) })
  }
}

extension ClientKey {
  /// What `ClientKeyRepresentation` has shown.
  package init(shown: ShownJSON) throws(UnreadableJSON) {
    let material: Material
    if let json = try shown.json("jwk") {
      guard let jwk = JWK(json) else { throw UnreadableJSON(member: "jwk") }
      material = .key(jwk)
    } else {
      material = try shown.value("certificate") { (try? PublicKeyDocument($0))?.materials.first }
    }
    self.init(
      name: try shown.text("name"),
      material: material,
      createdAt: try shown.time("created_at"),
      expiresAt: try shown.optionalTime("expires_at")
    )
  }
}
