import TesseraJOSE

/// What representations have shown, read back: for commands that work through the API.
///
/// What is never shown, such as the hash of a secret, stands for nothing.

extension Client {
  /// `lifetime` are the server's own lifetimes, by which a client's own is told.
  package init(_ shown: ShownJSON, lifetime: TokenLifetime) throws(UnreadableJSON) {
    let seconds = try shown.integer("token_lifetime")
    var keyMetadata = ClientKeyMetadata()
    for key in try shown.elements("keys") { keyMetadata.keys.append(try ClientKey(shown: key)) }
    keyMetadata.keySetURL = try shown.optionalText("jwks_uri")
    // A server of the version before does not know it.
    if let subject = try shown.object("certificate_subject") {
      for kind in CertificateSubject.Kind.allCases {
        if let known = try subject.optional(kind.rawValue, { CertificateSubject(kind, $0) }) {
          keyMetadata.certificateSubject = known
        }
      }
    }
    keyMetadata.isDPoPBound = try shown.boolean("dpop_bound_access_tokens")
    keyMetadata.isCertificateBound = try shown.boolean("tls_client_certificate_bound_access_tokens")
    // A server of the version before does not know it.
    keyMetadata.requiresStrictAssertions = try shown.isTrue("strict_assertions")
    for trust in try shown.optionalElements("trusts") {
      keyMetadata.trusts.append(try ClientTrust(stored: trust))
    }
    keyMetadata.profile = try shown.optional("profile", SecurityProfile.init)
    self.init(
      id: try shown.value("client_id") { ClientID($0) },
      name: try shown.text("name"),
      grantTypes: try shown.values("grant_types") { GrantType($0) },
      scopes: ScopeSet(try shown.values("scopes") { Scope($0) }),
      defaultScopes: ScopeSet(try shown.values("default_scopes") { Scope($0) }),
      tokenFormat: try shown.value("token_format") { TokenFormat(rawValue: $0) },
      claims: try shown.map("claims"),
      authenticationMethod: try shown.optional("authentication_method") {
        ClientAuthenticationMethod(rawValue: $0)
      },
      introspectedResources: try shown.values("introspects") { Resource(stored: $0) },
      allowedAddresses: try shown.values("allowed_addresses") { AddressRange($0) },
      tokenLifetime: seconds == min(lifetime.default, lifetime.longest) ? nil : seconds,
      secrets: try shown.elements("secrets").map { secret throws(UnreadableJSON) in try StoredSecret(secret)
      },
      isEnabled: try shown.boolean("enabled"),
      tokensNotBefore: try shown.optionalTime("tokens_not_before"),
      version: try shown.integer("version"),
      createdAt: try shown.time("created_at"),
      updatedAt: try shown.time("updated_at"),
      owner: try shown.optionalText("owner"),
      contact: try shown.optionalText("contact"),
      labels: try shown.map("labels"),
      quota: try Quota(shown),
      keyMetadata: keyMetadata
    )
  }
}

extension Quota {
  /// That of a client; nil when it has none.
  fileprivate init?(_ shown: ShownJSON) throws(UnreadableJSON) {
    guard let perMinute = try shown.optionalInteger("quota") else { return nil }
    self.init(
      perMinute: perMinute,
      burst: try shown.optionalInteger("quota_burst"),
      isLogOnly: try shown.boolean("quota_log_only")
    )
  }
}

extension StoredSecret {
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    self.init(
      name: try shown.text("name"),
      hash: .notShown,
      createdAt: try shown.time("created_at"),
      expiresAt: try shown.optionalTime("expires_at"),
      prefix: try shown.optionalText("prefix")
    )
  }
}

extension StoredSecret {
  /// A secret that was just made, from what shows it; its name is that of the first where no member has it.
  package init(made shown: ShownJSON, named member: String?) throws(UnreadableJSON) {
    self.init(
      name: try member.map { name throws(UnreadableJSON) in try shown.text(name) }
        ?? DisplayName.firstSecret.text,
      hash: .notShown,
      createdAt: Timestamp(milliseconds: 0),
      expiresAt: try shown.optionalTime("client_secret_expires_at")
    )
  }
}

extension SecretHash {
  /// Where a hash is not known; no secret has it.
  fileprivate static let notShown = SecretHash.stretched(
    salt: [],
    [UInt8](repeating: 0, count: SecretDigest.byteCount).withUnsafeBytes { SecretDigest(copying: $0) }
  )
}

extension SecretUse {
  /// Nil for a secret that was never used.
  package init?(_ shown: ShownJSON, of client: ClientID) throws(UnreadableJSON) {
    guard let time = try shown.optionalTime("last_used_at") else { return nil }
    self.init(
      clientID: client,
      secret: try shown.text("name"),
      madeAt: try shown.time("created_at"),
      lastUsedAt: time,
      address: try shown.optionalText("last_used_from"),
      count: Int64(try shown.integer("uses"))
    )
  }
}

extension ScopeDefinition {
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    self.init(
      scope: try shown.value("name") { Scope($0) },
      description: try shown.text("description"),
      resource: try shown.value("resource") { Resource(stored: $0) },
      createdAt: try shown.time("created_at"),
      retiredAt: try shown.optionalTime("retired_at")
    )
  }
}

extension ResourceDefinition {
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    self.init(
      resource: try shown.value("resource") { Resource(stored: $0) },
      description: try shown.text("description"),
      tokenFormat: try shown.optional("token_format") { TokenFormat(rawValue: $0) },
      signingAlgorithm: try shown.optional("signing_algorithm") { SigningAlgorithm($0) },
      jwtType: try shown.value("jwt_type") { JWTType(rawValue: $0) },
      version: try shown.integer("version"),
      createdAt: try shown.time("created_at"),
      retiredAt: try shown.optionalTime("retired_at")
    )
  }
}

extension WrappedKey {
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    guard let number = UInt16(exactly: try shown.integer("number")) else {
      throw UnreadableJSON(member: "number")
    }
    self.init(
      number: number,
      use: try shown.value("use") { KeyUse($0) },
      wrapped: [],
      createdAt: try shown.time("created_at"),
      activatesAt: try shown.time("activates_at")
    )
  }
}

extension Administration.KeySummary {
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    self.init(
      key: try WrappedKey(shown),
      state: try shown.value("state") { KeyRing.State(rawValue: $0) },
      retiresAt: try shown.optionalTime("retires_at"),
      keyID: try shown.optionalText("kid")
    )
  }
}

extension Administration.Destruction {
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    guard let key = try shown.object("destroyed") else { throw UnreadableJSON(member: "destroyed") }
    var successor: Administration.KeySummary?
    if let next = try shown.object("successor") { successor = try Administration.KeySummary(next) }
    self.init(key: try Administration.KeySummary(key), successor: successor)
  }
}

extension OpenedToken {
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    guard let number = UInt16(exactly: try shown.integer("key_number")) else {
      throw UnreadableJSON(member: "key_number")
    }
    self.init(
      id: try shown.value("token_id") { TokenID($0) },
      keyNumber: number,
      grant: AccessGrant(
        clientID: try shown.value("client_id") { ClientID($0) },
        grantType: try shown.value("grant_type") { GrantType($0) },
        access: GrantedAccess(
          scopes: ScopeSet(try shown.values("scopes") { Scope($0) }),
          audiences: try shown.values("audiences") { Resource(stored: $0) }
        ),
        issuedAt: try shown.time("issued_at"),
        expiresAt: try shown.time("expires_at")
      )
    )
  }
}
