import TesseraCore
import TesseraJOSE

/// What is sent of a client to be registered or changed.

extension ClientRegistration {
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .string(name.text)), .init("scopes", JSONValue(scopes.map(\.name))),
      .init("default_scopes", JSONValue(defaultScopes.map(\.name))),
      .init("token_format", .string(tokenFormat.rawValue)), .init("claims", claims.json),
      .init("introspects", JSONValue(introspectedResources.map(\.uri))),
      .init("allowed_addresses", JSONValue(allowedAddresses.map(\.description))),
    ]
    if let id { members.append(.init("client_id", .string(id.rawValue))) }
    if let grantTypes { members.append(.init("grant_types", JSONValue(grantTypes.map(\.name)))) }
    if let tokenLifetime { members.append(.init("token_lifetime", .integer(tokenLifetime))) }
    if let secret = importedSecret { members.append(.init("client_secret", .string(secret.exposed))) }
    if let days = secretLifetime?.days {
      members.append(.init("client_secret_expires_in_days", .integer(days)))
    }
    if let owner { members.append(.init("owner", .string(owner.text))) }
    if let contact { members.append(.init("contact", .string(contact.text))) }
    members.append(.init("labels", labels.json))
    members += quota.members
    if let method = authenticationMethod {
      members.append(.init("authentication_method", .string(method.rawValue)))
    }
    if wantsSecret { members.append(.init("generate_secret", .boolean(true))) }
    return .object(members + keys.members)
  }
}

extension ClientUpdate {
  var json: JSONValue {
    var members: [JSONValue.Member] = []
    if let name { members.append(.init("name", .string(name.text))) }
    if let scopes { members.append(.init("scopes", JSONValue(scopes.map(\.name)))) }
    if let grantTypes { members.append(.init("grant_types", JSONValue(grantTypes.map(\.name)))) }
    if let defaultScopes { members.append(.init("default_scopes", JSONValue(defaultScopes.map(\.name)))) }
    if let tokenFormat { members.append(.init("token_format", .string(tokenFormat.rawValue))) }
    if let claims { members.append(.init("claims", claims.json)) }
    if let lifetime = tokenLifetime {
      members.append(.init("token_lifetime", lifetime.map { .integer($0) } ?? .null))
    }
    if let resources = introspectedResources {
      members.append(.init("introspects", JSONValue(resources.map(\.uri))))
    }
    if let ranges = allowedAddresses {
      members.append(.init("allowed_addresses", JSONValue(ranges.map(\.description))))
    }
    if let owner { members.append(.init("owner", JSONValue(owner?.text))) }
    if let contact { members.append(.init("contact", JSONValue(contact?.text))) }
    if let labels { members.append(.init("labels", labels.json)) }
    members += quota.members
    if let method = authenticationMethod {
      members.append(.init("authentication_method", JSONValue(method?.rawValue)))
    }
    members += keys.members
    if revokesTokens { members.append(.init("revoke_tokens", .boolean(true))) }
    return .object(members)
  }
}

extension ClientClaims {
  fileprivate var json: JSONValue { .object(of: byName) }
}

extension ClientLabels {
  fileprivate var json: JSONValue { .object(of: byName) }
}

extension QuotaChange {
  fileprivate var members: [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    if let perMinute { members.append(.init("quota", perMinute.map { .integer($0) } ?? .null)) }
    if let burst { members.append(.init("quota_burst", burst.map { .integer($0) } ?? .null)) }
    if let isLogOnly { members.append(.init("quota_log_only", .boolean(isLogOnly))) }
    return members
  }
}

extension ClientKeyChange {
  fileprivate var members: [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    if let keys {
      let set = JSONValue.object([.init("keys", .array(keys.map(\.json)))])
      members.append(.init("jwks", keys.isEmpty ? .null : set))
    }
    if let certificates { members.append(.init("certificates", .array(certificates.map(\.json)))) }
    if let keySetURL { members.append(.init("jwks_uri", JSONValue(keySetURL?.text))) }
    if let certificateSubject {
      members.append(.init("certificate_subject", .object(of: certificateSubject?.members ?? [:])))
    }
    if let isDPoPBound { members.append(.init("dpop_bound_access_tokens", .boolean(isDPoPBound))) }
    if let requiresStrictAssertions {
      members.append(.init("strict_assertions", .boolean(requiresStrictAssertions)))
    }
    if let isCertificateBound {
      members.append(.init("tls_client_certificate_bound_access_tokens", .boolean(isCertificateBound)))
    }
    if let profile { members.append(.init("profile", JSONValue(profile?.rawValue))) }
    return members
  }
}

extension NewClientKey {
  /// The key as a JWK, or the certificate in PEM.
  var json: JSONValue {
    switch material {
    case .key(let jwk): JSONValue(jwk)
    case .certificate(let der): .string(CertificateDetails.pem(of: der))
    }
  }
}

extension JSONValue {
  fileprivate static func object(of texts: [String: String]) -> JSONValue {
    .object(texts.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
  }
}

extension Client {
  /// A client that was just registered so, from what the answer says of it.
  init(made shown: ShownJSON, _ registration: ClientRegistration) throws(UnreadableJSON) {
    self.init(
      id: try shown.value("client_id") { ClientID($0) },
      name: try shown.text("name"),
      scopes: ScopeSet(try shown.values("scopes") { Scope($0) }),
      defaultScopes: ScopeSet(registration.defaultScopes),
      tokenFormat: registration.tokenFormat,
      authenticationMethod: registration.authenticationMethod,
      introspectedResources: registration.introspectedResources,
      tokenLifetime: try shown.integer("token_lifetime"),
      secrets: try shown.optionalText("client_secret") == nil
        ? [] : [try StoredSecret(made: shown, named: nil)],
      createdAt: Timestamp(milliseconds: 0)
    )
    let now = Timestamp(milliseconds: 0)
    keyMetadata.keySetURL = (registration.keys.keySetURL ?? nil)?.text
    keyMetadata.keys = ((registration.keys.keys ?? []) + (registration.keys.certificates ?? [])).map {
      ClientKey(name: $0.name.text, material: $0.material, createdAt: now, expiresAt: nil)
    }
  }
}
