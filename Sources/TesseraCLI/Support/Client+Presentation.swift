import TesseraCore
import TesseraJOSE
import TesseraServer

/// How clients are shown. A secret is not among it: nobody can show one again.
extension Client {
  /// The client as fields below each other, then its secrets.
  func text(_ lifetime: TokenLifetime, at now: Timestamp) -> String {
    let own = tokenLifetime == nil ? " (the server's default)" : ""
    let fields = TextTable.fields([
      "client ID": id.rawValue,
      "name": name,
      "status": status,
      "scopes": scopes.joined(by: ", "),
      "default scopes": defaultScopes.isEmpty ? nil : defaultScopes.joined(by: ", "),
      "token format": tokenFormat.rawValue,
      "claims": claims.isEmpty ? nil : Client.list(claims),
      "token lifetime": "\(lifetime.seconds(for: self)) s\(own)",
      "authentication": authenticationMethod?.rawValue
        ?? (hasKeys ? "any that it has credentials for" : "client_secret_basic or client_secret_post"),
      "keys at": keyMetadata.keySetURL,
      "certificate names": keyMetadata.certificateSubject.map { "\($0.text) (\($0.kind.rawValue))" },
      "trusts": keyMetadata.trusts.isEmpty
        ? nil : keyMetadata.trusts.map { "\($0.name) (\($0.issuer))" }.joined(separator: ", "),
      "bound tokens": boundText,
      "assertions": keyMetadata.requiresStrictAssertions ? "strict" : nil,
      "profile": keyMetadata.profile?.rawValue,
      "grant types": grantTypes.isEmpty ? "none" : grantTypes.map(\.name).joined(separator: ", "),
      "introspects": introspectedResources.isEmpty ? nil : "tokens for \(introspectionText)",
      "addresses": allowedAddresses.isEmpty
        ? nil : allowedAddresses.map(\.description).joined(separator: ", "),
      "owner": owner,
      "contact": contact,
      "labels": labels.isEmpty ? nil : Client.list(labels),
      "quota": quota.map { $0.isLogOnly ? "\($0), which only logs" : "\($0)" },
      "tokens before": tokensNotBefore.map { "\($0.iso8601) are inactive" },
      "created": createdAt.iso8601,
      "updated": updatedAt.iso8601,
      "version": String(version),
    ])
    var (secretTable, keyTable) = (StoredSecret.table, ClientKey.table)
    let parts = [
      secrets.isEmpty
        ? hasKeys ? nil : "no secrets" : secretTable.lines(of: secrets.map { $0.row(at: now) }),
      keyMetadata.keys.isEmpty ? nil : keyTable.lines(of: keyMetadata.keys.map { $0.row(at: now) }),
    ]
    return ([fields] + parts.compactMap(\.self)).joined(separator: "\n\n")
  }

  private var hasKeys: Bool {
    !keyMetadata.credentials.isEmpty || keyMetadata.keySetURL != nil || keyMetadata.certificateSubject != nil
  }

  /// What all tokens that it gets are bound to.
  private var boundText: String? {
    let bindings = [
      keyMetadata.isDPoPBound ? "DPoP" : nil, keyMetadata.isCertificateBound ? "TLS certificate" : nil,
    ].compactMap(\.self)
    return bindings.isEmpty ? nil : bindings.joined(separator: " and ")
  }

  /// The APIs whose tokens it may introspect.
  var introspectionText: String { introspectedResources.map(\.uri).joined(separator: ", ") }

  private static func list(_ values: [String: String]) -> String {
    values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
  }

  /// One row of a list.
  var row: [String] { [id.rawValue, name, scopes.joined(by: ","), status, createdAt.iso8601, owner ?? ""] }

  var status: String { isEnabled ? "enabled" : "disabled" }
}

extension StoredSecret {
  static var table: TextTable { TextTable("SECRET", "CREATED", "EXPIRES", "STATUS") }

  func row(at now: Timestamp) -> [String] {
    [name, createdAt.iso8601, expiresAt?.iso8601 ?? "never", isValid(at: now) ? "valid" : "expired"]
  }
}

extension ClientKey {
  static var table: TextTable { TextTable("KEY", "KIND", "FOR", "THUMBPRINT", "EXPIRES", "STATUS") }

  func row(at now: Timestamp) -> [String] {
    [
      name, material.noun, purpose, material.thumbprint, expiresAt?.iso8601 ?? "never",
      isValid(at: now) ? "valid" : "expired",
    ]
  }

  /// The algorithms of a key, or whom a certificate names.
  var purpose: String {
    switch material {
    case .key(let jwk):
      SigningAlgorithm.all.filter { jwk.verifyingKey(for: $0) != nil }.map(\.name).joined(separator: ", ")
    case .certificate(let der): CertificateDetails(der: der)?.subject ?? ""
    }
  }
}
