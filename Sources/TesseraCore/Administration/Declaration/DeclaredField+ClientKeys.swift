import TesseraJOSE

/// Keys stand in the file: nothing in them is secret.
///
/// Nothing said leaves them, as it leaves secrets: a key that was added in between is not removed by the next change of a
/// file. `keys: {}` removes them.
extension DeclaredField<Client> {
  /// Public keys and certificates by their names, each as a JWK or in PEM.
  static var keys: DeclaredField {
    .map(
      "keys",
      staysWhenAbsent: true,
      { client in client.keyMetadata.keys.byName(\.material.declaredText) }
    ) { client, texts, rules throws(AdministrationError) in
      var kept: [ClientKey] = []
      var new: [NewClientKey] = []
      for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
        let earlier = client.keyMetadata.keys.first { $0.name == name }
        if let earlier, earlier.material.declaredText == text {
          kept.append(earlier)
          continue
        }
        let materials = try PublicKeyDocument(text).materials
        guard materials.count == 1 else { throw .key("'\(name)' has several keys: give each its name") }
        if let earlier, earlier.material == materials[0] {
          kept.append(earlier)
        } else {
          new.append(NewClientKey(materials[0], named: try DisplayName(name, of: .keyName)))
        }
      }
      // In the order in which they were, so that nothing is found to change where nothing does.
      client.keyMetadata.keys.removeAll { !kept.contains($0) }
      try client.add(new, at: rules.now)
    }
  }

  /// When keys expire, by their names.
  static var keyExpiries: DeclaredField {
    .map(
      "key_expires_at",
      staysWhenAbsent: true,
      { client in client.keyMetadata.keys.filter(\.expiresByOperator).byName { $0.expiresAt?.iso8601 ?? "" } }
    ) { client, texts, rules throws(AdministrationError) in
      if let name = texts.keys.sorted().first(where: { name in
        !client.keyMetadata.keys.contains { $0.name == name }
      }) {
        throw .invalid(.keyExpiry, "there is no key '\(name)'")
      }
      for (index, key) in client.keyMetadata.keys.enumerated() {
        let text = texts[key.name]
        let end = text.flatMap { Timestamp(iso8601: $0) }
        guard text == nil || end != nil else {
          throw .invalid(.keyExpiry, "a key expires at a time such as \"2030-01-31T00:00:00Z\"")
        }
        guard end == nil ? key.expiresByOperator : end != key.expiresAt else { continue }
        client.keyMetadata.keys[index] = ClientKey(
          name: key.name,
          material: key.material,
          createdAt: key.createdAt,
          expiresAt: try key.material.end(end, at: rules.now)
        )
      }
    }
  }
}

extension ClientKey.Material {
  /// As it stands in a file.
  fileprivate var declaredText: String {
    switch self {
    case .key(let jwk): JSONValue(jwk).text()
    case .certificate(let der): CertificateDetails.pem(of: der)
    }
  }
}

extension ClientKey {
  /// Whether somebody said when it expires, as opposed to the certificate itself.
  fileprivate var expiresByOperator: Bool {
    guard let expiresAt else { return false }
    guard case .certificate(let der) = material else { return true }
    return CertificateDetails(der: der)?.notAfter != expiresAt
  }
}

extension [ClientKey] {
  fileprivate func byName(_ value: (ClientKey) -> String) -> [String: String] {
    Dictionary(map { ($0.name, value($0)) }) { first, _ in first }
  }
}
