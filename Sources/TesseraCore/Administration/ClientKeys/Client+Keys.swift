import TesseraJOSE

extension Client {
  /// Whether it cannot authenticate (RFC 6749 §2.1).
  var isPublic: Bool { authenticationMethod == ClientAuthenticationMethod.none }

  /// Whether it has to have a secret to prove who it is: nothing else of it does.
  var needsSecret: Bool {
    guard let authenticationMethod else {
      return keyMetadata.credentials.isEmpty && keyMetadata.keySetURL == nil
    }
    return authenticationMethod.usesSecret
  }

  /// Registers it for another method; nil for any that it has credentials for.
  mutating func setAuthenticationMethod(
    _ method: ClientAuthenticationMethod?
  ) throws(AdministrationError) {
    guard (method == ClientAuthenticationMethod.none) == isPublic else {
      throw .invalid(
        .authenticationMethod,
        "a client cannot become public or cease to be: register another one"
      )
    }
    authenticationMethod = method
  }

  /// The key that an operator means by its name.
  package func key(named name: String) throws(AdministrationError) -> ClientKey {
    let keys = keyMetadata.keys
    let exact = keys.first { $0.name.utf8.elementsEqual(name.utf8) }
    guard let key = exact ?? keys.first(where: { Name.key(of: $0.name) == Name.key(of: name) }) else {
      throw .notFound(.key, "client \(id) has no key named '\(name)'")
    }
    return key
  }

  /// Adds keys, as far as there is room and no other is the same or called the same; `checkKeys` asks whether all go
  /// together then.
  mutating func add(_ keys: [NewClientKey], at now: Timestamp) throws(AdministrationError) {
    guard keyMetadata.keys.count + keys.count <= Administration.maximumClientKeys else {
      throw .conflict(
        "client \(id) would have more than \(Administration.maximumClientKeys) keys, the most there can be; "
          + "remove one first"
      )
    }
    for key in keys {
      if let same = keyMetadata.keys.first(where: { $0.material.thumbprint == key.material.thumbprint }) {
        throw .conflict("client \(id) has this \(key.material.noun) already, named '\(same.name)'")
      }
      try checkIsFree(key.name)
      keyMetadata.keys.append(
        ClientKey(
          name: key.name.text,
          material: key.material,
          createdAt: now,
          expiresAt: try key.material.end(key.lifetime?.end(from: now), at: now)
        )
      )
    }
  }

  /// Throws when one of its secrets, keys or trusts is called so.
  func checkIsFree(_ name: DisplayName) throws(AdministrationError) {
    if let index = secretIndex(named: name.text) {
      throw .conflict("client \(id) already has a secret named '\(secrets[index].name)'")
    }
    if let key = try? key(named: name.text) {
      throw .conflict("client \(id) already has a key named '\(key.name)'")
    }
    if let trust = try? trust(named: name.text) {
      throw .conflict("client \(id) already has a trust named '\(trust.name)'")
    }
  }

  /// Throws for keys that do not go together.
  func checkKeys() throws(AdministrationError) {
    let keys = keyMetadata.keys
    guard
      !isPublic || keys.isEmpty && keyMetadata.keySetURL == nil && keyMetadata.certificateSubject == nil
    else {
      throw .key("client \(id) is public and has no key")
    }
    guard keyMetadata.keySetURL == nil || keys.allSatisfy(\.material.isCertificate) else {
      throw .invalid(
        .keySetURL,
        "jwks and jwks_uri exclude each other (RFC 7591 §2): remove the client's keys, or leave jwks_uri out"
      )
    }
  }
}

extension ClientKey.Material {
  /// When it ends to work that is to end then, or nobody says when: a certificate not later than it says itself.
  ///
  /// Throws when that has been.
  func end(_ end: Timestamp?, at now: Timestamp) throws(AdministrationError) -> Timestamp? {
    var end = end
    if case .certificate(let der) = self, let details = CertificateDetails(der: der) {
      guard now < details.notAfter else {
        throw .key("the certificate has expired, at \(details.notAfter.iso8601)")
      }
      end = min(end ?? details.notAfter, details.notAfter)
    }
    if let end, end <= now { throw .invalid(.keyExpiry, "the \(noun) would have expired already") }
    return end
  }
}
