package import TesseraJOSE

/// A public key or a certificate of a client, by which it proves who it is.
///
/// Nothing in it is secret.
package struct ClientKey: Sendable, Equatable {
  /// What it is.
  package enum Material: Sendable, Equatable {
    /// A public key (RFC 7517), for assertions that are signed by its other half (RFC 7523 §2.2).
    case key(JWK)
    /// A certificate in DER that the client shows in TLS (RFC 8705 §2.2).
    case certificate([UInt8])
  }

  /// What operators call it; unique among the secrets and keys of its client.
  package let name: String
  /// What it is.
  package let material: Material
  /// When it was registered.
  package let createdAt: Timestamp
  /// The first moment at which it no longer works; nil for never.
  package let expiresAt: Timestamp?

  package init(name: String, material: Material, createdAt: Timestamp, expiresAt: Timestamp?) {
    self.name = name
    self.material = material
    self.createdAt = createdAt
    self.expiresAt = expiresAt
  }

  /// The public key; nil for a certificate.
  package var jwk: JWK? { if case .key(let jwk) = material { jwk } else { nil } }

  /// Whether it still works at this time.
  package func isValid(at now: Timestamp) -> Bool {
    expiresAt.map { now < $0 } ?? true
  }
}

extension Client {
  /// When its secret, key or trust with this name was made or registered; nil when it has none.
  package func credential(named name: String) -> Timestamp? {
    secrets.first { $0.name == name }?.createdAt ?? keyMetadata.credentials.first { $0.name == name }?.madeAt
  }

  /// Whether it has a secret, a key or a trust of this name, made or registered then.
  package func hasCredential(named name: String, madeAt time: Timestamp) -> Bool {
    secrets.contains { $0.name == name && $0.createdAt == time }
      || keyMetadata.credentials.contains { $0.name == name && $0.madeAt == time }
  }
}

extension ClientKey {
  /// As a store keeps it. The stores look into it for its name and when it was registered.
  var stored: JSONValue {
    let kept: JSONValue.Member =
      switch material {
      case .key(let jwk): .init("jwk", .object(jwk.members.map { .init($0.name, .string($0.value)) }))
      case .certificate(let der): .init("certificate", .string(Base64URL.encode(der)))
      }
    return .object(
      [
        .init("name", .string(name)), kept, .init("created_at", .string(createdAt.iso8601)),
      ] + (expiresAt.map { [.init("expires_at", .string($0.iso8601))] } ?? [])
    )
  }

  /// What `stored` has made.
  init(stored: ShownJSON) throws(UnreadableJSON) {
    let material: Material
    if let key = try stored.json("jwk") {
      guard let jwk = JWK(key) else { throw UnreadableJSON(member: "jwk") }
      material = .key(jwk)
    } else {
      material = .certificate(try stored.value("certificate") { Base64URL.decode($0.utf8) })
    }
    self.init(
      name: try stored.text("name"),
      material: material,
      createdAt: try stored.time("created_at"),
      expiresAt: try stored.optionalTime("expires_at")
    )
  }
}
