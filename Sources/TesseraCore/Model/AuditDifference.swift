import TesseraJOSE

/// What a mutation made different of one value.
package struct AuditDifference: Sendable, Equatable, Codable {
  /// Nil when there was none.
  package let before: String?
  /// Nil when there is none any more.
  package let after: String?

  package init(before: String?, after: String?) {
    self.before = before
    self.after = after
  }
}

extension [String: AuditDifference] {
  /// What is different between values by their names.
  static func between(_ before: [String: String], _ after: [String: String]) -> Self {
    var differences: Self = [:]
    for name in Set(before.keys).union(after.keys) where before[name] != after[name] {
      differences[name] = AuditDifference(before: before[name], after: after[name])
    }
    return differences
  }
}

/// What the audit log tells of a thing: all that an operator can change, and of secrets their names only.
extension Client {
  var auditFacts: [String: String] {
    var facts = [
      "name": name, "scopes": scopes.joined(by: " "), "default_scopes": defaultScopes.joined(by: " "),
      "grant_types": grantTypes.map(\.name).joined(separator: " "), "token_format": tokenFormat.rawValue,
      "introspects": introspectedResources.map(\.uri).joined(separator: " "),
      "allowed_addresses": allowedAddresses.map(\.description).joined(separator: " "),
      "secrets": JSONValue(secrets.map(\.name)).text(), "enabled": String(isEnabled),
    ]
    let claims = claims.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) }
    facts["claims"] = JSONValue.object(claims).text()
    facts["authentication_method"] = authenticationMethod?.rawValue
    facts["token_lifetime"] = tokenLifetime.map(String.init)
    facts["tokens_not_before"] = tokensNotBefore?.iso8601
    facts["owner"] = owner
    facts["contact"] = contact
    if !labels.isEmpty {
      facts["labels"] = JSONValue.object(
        labels.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }
      ).text()
    }
    if keyMetadata != ClientKeyMetadata() { facts["key_metadata"] = keyMetadata.storedText }
    facts["quota"] = quota.map { String($0.perMinute) }
    facts["quota_burst"] = quota.map { String($0.burst) }
    facts["quota_log_only"] = quota.map { String($0.isLogOnly) }
    return facts
  }
}

extension ResourceDefinition {
  var auditFacts: [String: String] {
    var facts = ["description": description, "jwt_type": jwtType.rawValue]
    facts["token_format"] = tokenFormat?.rawValue
    facts["signing_algorithm"] = signingAlgorithm?.name
    facts["retired_at"] = retiredAt?.iso8601
    return facts
  }
}

extension ScopeDefinition {
  var auditFacts: [String: String] {
    var facts = ["description": description, "resource": resource.uri]
    facts["retired_at"] = retiredAt?.iso8601
    return facts
  }
}
