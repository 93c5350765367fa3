/// What a new client is to be.
package struct ClientRegistration: Sendable {
  /// What operators call it.
  package var name: String
  /// The scopes it may ask for.
  package var scopes: [String]
  /// An existing identifier to keep; nil for a new UUID.
  package var id: String?
  /// How long its tokens live, in seconds; nil for the server's default.
  package var tokenLifetime: Int?
  /// What its first secret is called.
  package var secretName = "default"
  /// After how many days its first secret stops working; nil for never.
  package var secretExpiresInDays: Int?
  /// An existing secret to keep; nil for a new one.
  package var importedSecret: String?
  /// The scopes it gets when it asks for none.
  package var defaultScopes: [String] = []
  /// The format of its tokens.
  package var tokenFormat = TokenFormat.opaque
  /// Claims of its own, by name.
  package var claims: [String: String] = [:]
  /// The only method by which it may authenticate; nil for either way of sending a secret.
  package var authenticationMethod: ClientAuthenticationMethod?
  /// The APIs that it is the resource server of, as URIs: it may introspect their tokens (RFC 7662).
  package var introspectedResources: [String] = []

  package init(name: String, scopes: [String]) {
    self.name = name
    self.scopes = scopes
  }
}

/// What is to change of a client; nil leaves as it is.
package struct ClientUpdate: Sendable {
  /// A new name.
  package var name: String?
  /// The scopes it may ask for from now on, instead of those it had.
  package var scopes: [String]?
  /// The scopes it gets from now on when it asks for none; empty for none.
  package var defaultScopes: [String]?
  /// The format of its tokens from now on.
  package var tokenFormat: TokenFormat?
  /// Claims of its own from now on, instead of those it had.
  package var claims: [String: String]?
  /// How long its tokens live from now on, in seconds; 0 for the server's default.
  package var tokenLifetime: Int?
  /// The APIs whose tokens it may introspect from now on, as URIs; empty takes the right away.
  package var introspectedResources: [String]?
  /// Whether the tokens it has become inactive; else they keep what they say until they end.
  package var revokesTokens = false

  package init() {}
}

extension Administration {
  /// Registers a client and returns it with its first secret, which nobody can show again.
  ///
  /// A public client has none.
  package func registerClient(
    _ registration: ClientRegistration
  ) async throws(StoreError) -> (client: Client, secret: ClientSecret?) {
    let id = try registration.id.map { text throws(StoreError) in try parsedClientID(text) }
    let scopes = try await checkedScopes(registration)
    var client = Client(
      id: id ?? .random(using: randomness),
      name: try checkedName(registration.name),
      grantTypes: registration.scopes.isEmpty ? [] : [.clientCredentials],
      scopes: scopes,
      defaultScopes: try checkedDefaults(registration.defaultScopes, of: scopes),
      tokenFormat: registration.tokenFormat,
      claims: try checkedClaims(registration.claims),
      authenticationMethod: registration.authenticationMethod,
      introspectedResources: try await checkedResources(registration.introspectedResources),
      tokenLifetime: try registration.tokenLifetime.map { seconds throws(StoreError) in
        try checkedLifetime(seconds)
      },
      createdAt: clock.now
    )
    try await tokenFacts().checkTokens(of: client)
    var secret: ClientSecret?
    if registration.authenticationMethod != ClientAuthenticationMethod.none {
      let made = try newSecret(
        named: registration.secretName,
        imported: registration.importedSecret,
        expiresInDays: registration.secretExpiresInDays
      )
      client.secrets = [made.stored]
      secret = made.secret
    } else if registration.importedSecret != nil || registration.secretExpiresInDays != nil {
      throw .invalid("a public client has no secret")
    }
    try await store.insertClient(
      client,
      audit: event(
        .clientCreated,
        client.id.rawValue,
        ["name": client.name, "scopes": client.scopes.joined(by: " ")]
      )
    )
    return (client, secret)
  }

  /// Changes what is registered of a client.
  ///
  /// It takes effect at once.
  package func updateClient(_ id: ClientID, _ update: ClientUpdate) async throws(StoreError) -> Client {
    var details: [String: String] = [:]
    let name = try update.name.map { text throws(StoreError) in try checkedName(text) }
    details["name"] = name
    var scopes: ScopeSet?
    if let names = update.scopes { scopes = try await checkedScopes(names) }
    details["scopes"] = scopes?.joined(by: " ")
    var resources: [Resource]?
    if let uris = update.introspectedResources { resources = try await checkedResources(uris) }
    details["introspects"] = resources?.map(\.uri).joined(separator: " ")
    if let seconds = update.tokenLifetime, seconds != 0 { _ = try checkedLifetime(seconds) }
    details["token_lifetime"] = update.tokenLifetime.map { String($0) }
    details["default_scopes"] = update.defaultScopes?.joined(separator: " ")
    details["token_format"] = update.tokenFormat?.rawValue
    let claims = try update.claims.map { claims throws(StoreError) in try checkedClaims(claims) }
    details["claims"] = claims?.keys.sorted().joined(separator: " ")
    guard !details.isEmpty else { throw .invalid("no change was given") }
    if update.revokesTokens { details["tokens"] = "revoked" }
    let (now, newScopes, newResources) = (clock.now, scopes, resources)
    let facts = try await tokenFacts()
    let changesTokens = scopes != nil || claims != nil || update.tokenFormat != nil
    return try await store.updateClient(id, audit: event(.clientUpdated, id.rawValue, details)) {
      client throws(StoreError) in
      if let name { client.name = name }
      if let newScopes {
        client.scopes = newScopes
        if !client.grantTypes.contains(.clientCredentials) { client.grantTypes.append(.clientCredentials) }
      }
      if let defaults = update.defaultScopes {
        client.defaultScopes = try checkedDefaults(defaults, of: client.scopes)
      } else {
        client.defaultScopes = ScopeSet(client.defaultScopes.scopes.filter(client.scopes.contains))
      }
      if let tokenFormat = update.tokenFormat { client.tokenFormat = tokenFormat }
      if let claims { client.claims = claims }
      if let newResources { client.introspectedResources = newResources }
      if let seconds = update.tokenLifetime { client.tokenLifetime = seconds == 0 ? nil : seconds }
      if changesTokens { try facts.checkTokens(of: client) }
      if update.revokesTokens { client.revokeTokens(at: now) }
      client.updatedAt = now
    }
  }

  /// Disables a client, so that it gets no token and those it has are inactive, or enables it again.
  ///
  /// Disabling takes the tokens back for good, also of a client that is disabled already. `keepingTokens` makes it a
  /// pause: they are active again once the client is enabled.
  @discardableResult
  package func setClient(
    _ id: ClientID,
    enabled: Bool,
    keepingTokens: Bool = false
  ) async throws(StoreError) -> Client {
    let now = clock.now
    let details = enabled ? [:] : ["tokens": keepingTokens ? "kept" : "revoked"]
    return try await store.updateClient(
      id,
      audit: event(enabled ? .clientEnabled : .clientDisabled, id.rawValue, details)
    ) { client throws(StoreError) in
      guard client.isEnabled != enabled || !enabled && !keepingTokens else {
        throw .conflict("client \(id) is already \(enabled ? "enabled" : "disabled")")
      }
      if enabled { client.enable(at: now) } else { client.disable(at: now, keepingTokens: keepingTokens) }
    }
  }

  /// Removes a client for good.
  ///
  /// Its tokens are inactive at once.
  package func deleteClient(_ client: Client) async throws(StoreError) {
    try await store.deleteClient(
      client.id,
      audit: event(.clientDeleted, client.id.rawValue, ["name": client.name])
    )
  }
}
