import TesseraSupport

/// The registration of a new client.
package struct ClientRegistration: Sendable {
  /// What operators call it.
  package var name: DisplayName
  /// The scopes it may ask for.
  package var scopes: [Scope]
  /// An existing identifier to keep; nil for a new UUID.
  package var id: ClientID?
  /// The grants it may use; nil for client credentials, if it may ask for scopes.
  package var grantTypes: [GrantType]?
  /// How long its tokens live, in seconds; nil for the server's default.
  package var tokenLifetime: Int?
  /// What its first secret is called.
  package var secretName = DisplayName.firstSecret
  /// How long its first secret works; nil for ever.
  package var secretLifetime: SecretLifetime?
  /// An existing secret to keep; nil for a new one.
  package var importedSecret: ClientSecret?
  /// The scopes it gets when it asks for none.
  package var defaultScopes: [Scope] = []
  /// The format of its tokens.
  package var tokenFormat = TokenFormat.opaque
  /// Claims of its own.
  package var claims = ClientClaims()
  /// The only method by which it may authenticate; nil for either way of sending a secret.
  package var authenticationMethod: ClientAuthenticationMethod?
  /// The APIs that it is the resource server of: it may introspect their tokens (RFC 7662).
  package var introspectedResources: [Resource] = []
  /// From where its requests may come; empty for anywhere.
  package var allowedAddresses: [AddressRange] = []
  /// Who answers for it; nil when nobody is named.
  package var owner: DisplayName?
  /// Where its owner is reached; nil when that is not said.
  package var contact: DisplayName?
  /// What operators sort it by.
  package var labels = ClientLabels()
  /// How many token requests it may make, as a change of none.
  package var quota = QuotaChange()
  /// Its keys, as a change of none.
  package var keys = ClientKeyChange()
  /// Whether it gets a secret although it has keys.
  package var wantsSecret = false

  package init(name: DisplayName, scopes: [Scope]) {
    self.name = name
    self.scopes = scopes
  }
}

/// The changes to a client; nil leaves a value unchanged.
package struct ClientUpdate: Sendable {
  /// A new name.
  package var name: DisplayName?
  /// The scopes it may ask for from now on, instead of those it had.
  package var scopes: [Scope]?
  /// The grants it may use from now on, instead of those it had.
  package var grantTypes: [GrantType]?
  /// The scopes it gets from now on when it asks for none; empty for none.
  package var defaultScopes: [Scope]?
  /// The format of its tokens from now on.
  package var tokenFormat: TokenFormat?
  /// Claims of its own from now on, instead of those it had.
  package var claims: ClientClaims?
  /// How long its tokens live from now on, in seconds; `.some(nil)` for the server's default.
  package var tokenLifetime: Int??
  /// The APIs whose tokens it may introspect from now on; empty takes the right away.
  package var introspectedResources: [Resource]?
  /// From where its requests may come from now on; empty for anywhere.
  package var allowedAddresses: [AddressRange]?
  /// Who answers for it from now on; `.some(nil)` for nobody.
  package var owner: DisplayName??
  /// Where its owner is reached from now on; `.some(nil)` for nowhere.
  package var contact: DisplayName??
  /// What operators sort it by from now on, instead of what it had.
  package var labels: ClientLabels?
  /// How its quota changes.
  package var quota = QuotaChange()
  /// The only method by which it may authenticate from now on; `.some(nil)` for any that it has credentials for.
  package var authenticationMethod: ClientAuthenticationMethod??
  /// How its keys change.
  package var keys = ClientKeyChange()
  /// Whether the tokens it has become inactive; else they keep what they say until they end.
  package var revokesTokens = false
  /// The version that this is based on; nil for whatever there is.
  package var ifVersion: Int?

  /// Whether it changes what the client proves itself by, or what its tokens are bound to.
  package var changesCredentials: Bool { authenticationMethod != nil || !keys.isEmpty }

  package init() {}
}

extension Administration {
  /// Registers a client and returns it with its first secret, which nobody can show again.
  ///
  /// A public client has none, and one with keys only if that is asked for.
  package func registerClient(
    _ registration: ClientRegistration
  ) async throws(AdministrationError) -> (client: Client, secret: ClientSecret?) {
    let isResourceServerOnly = registration.scopes.isEmpty && !registration.introspectedResources.isEmpty
    let scopes = isResourceServerOnly ? [] : try await checkedScopes(registration.scopes)
    let grantTypes = registration.grantTypes ?? (scopes.isEmpty ? [] : [.clientCredentials])
    var client = Client(
      id: registration.id ?? .random(using: randomness),
      name: registration.name.text,
      grantTypes: try checkedGrantTypes(grantTypes),
      scopes: scopes,
      defaultScopes: try checkedDefaults(registration.defaultScopes, of: scopes),
      tokenFormat: registration.tokenFormat,
      claims: registration.claims.byName,
      authenticationMethod: registration.authenticationMethod,
      introspectedResources: try await checkedResources(registration.introspectedResources),
      allowedAddresses: try checkedAddresses(registration.allowedAddresses),
      tokenLifetime: try checkedLifetime(registration.tokenLifetime),
      createdAt: clock.now,
      owner: registration.owner?.text,
      contact: registration.contact?.text,
      labels: registration.labels.byName,
      quota: try registration.quota.changed(nil)
    )
    try registration.keys.apply(to: &client, at: clock.now)
    try await tokenFacts().checkTokens(of: client)
    var secret: ClientSecret?
    if client.isPublic {
      let isAsked = registration.importedSecret != nil || registration.secretLifetime != nil
      guard !isAsked, !registration.wantsSecret else {
        throw .invalid(.secret, "a public client has no secret")
      }
    } else if registration.makesSecret {
      try client.checkIsFree(registration.secretName)
      let made = try await newSecret(
        named: registration.secretName,
        imported: registration.importedSecret,
        lifetime: registration.secretLifetime
      )
      client.secrets = [try made.stored(for: client)]
      secret = made.secret
    }
    var details = ["name": client.name, "scopes": client.scopes.joined(by: " ")]
    details["grant_types"] = registration.grantTypes.map(names)
    details.merge(registration.keys.details) { $1 }
    let (registered, audit) = (client, event(.clientCreated, client.id.rawValue, details))
    try await ask(about: .client, await store.insertClient(registered, audit: audit))
    return (client, secret)
  }

  /// Changes what is registered of a client.
  ///
  /// It takes effect at once.
  package func updateClient(
    _ id: ClientID,
    _ update: ClientUpdate
  ) async throws(AdministrationError) -> Client {
    var details: [String: String] = [:]
    details["name"] = update.name?.text
    var scopes: ScopeSet?
    if let names = update.scopes { scopes = try await checkedScopes(names) }
    details["scopes"] = scopes?.joined(by: " ")
    var grantTypes: [GrantType]?
    if let types = update.grantTypes { grantTypes = try checkedGrantTypes(types) }
    details["grant_types"] = grantTypes.map(names)
    var resources: [Resource]?
    if let named = update.introspectedResources { resources = try await checkedResources(named) }
    details["introspects"] = resources?.map(\.uri).joined(separator: " ")
    if let seconds = update.tokenLifetime {
      details["token_lifetime"] = String(try checkedLifetime(seconds) ?? 0)
    }
    details["default_scopes"] = update.defaultScopes?.map(\.name).joined(separator: " ")
    details["token_format"] = update.tokenFormat?.rawValue
    let addresses = try update.allowedAddresses.map { ranges throws(AdministrationError) in
      try checkedAddresses(ranges)
    }
    details["allowed_addresses"] = addresses?.map(\.description).joined(separator: " ")
    details["claims"] = update.claims?.byName.keys.sorted().joined(separator: " ")
    if let owner = update.owner { details["owner"] = owner?.text ?? "" }
    if let contact = update.contact { details["contact"] = contact?.text ?? "" }
    details["labels"] = update.labels?.byName.keys.sorted().joined(separator: " ")
    if !update.quota.isEmpty { details["quota"] = "changed" }
    if let method = update.authenticationMethod { details["authentication_method"] = method?.rawValue ?? "" }
    details.merge(update.keys.details) { $1 }
    guard !details.isEmpty else { throw .invalid(nil, "no change was given") }
    if update.revokesTokens { details["tokens"] = "revoked" }
    let (now, newScopes, newGrantTypes, newResources) = (clock.now, scopes, grantTypes, resources)
    let facts = try await tokenFacts()
    let changesTokens =
      scopes != nil || update.claims != nil || update.tokenFormat != nil || update.keys.changesTokens
    return try await changeClient(
      id,
      ifVersion: update.ifVersion,
      audit: event(.clientUpdated, id.rawValue, details)
    ) { client throws(AdministrationError) in
      if let name = update.name { client.name = name.text }
      if let newScopes { client.scopes = newScopes }
      if let newGrantTypes {
        client.grantTypes = newGrantTypes
      } else if newScopes != nil, client.grantTypes.isEmpty {
        client.grantTypes = [.clientCredentials]
      }
      if let defaults = update.defaultScopes {
        client.defaultScopes = try checkedDefaults(defaults, of: client.scopes)
      } else {
        client.defaultScopes = ScopeSet(client.defaultScopes.scopes.filter(client.scopes.contains))
      }
      if let tokenFormat = update.tokenFormat { client.tokenFormat = tokenFormat }
      if let claims = update.claims { client.claims = claims.byName }
      if let addresses { client.allowedAddresses = addresses }
      if let owner = update.owner { client.owner = owner?.text }
      if let contact = update.contact { client.contact = contact?.text }
      if let labels = update.labels { client.labels = labels.byName }
      if !update.quota.isEmpty { client.quota = try update.quota.changed(client.quota) }
      if let method = update.authenticationMethod { try client.setAuthenticationMethod(method) }
      if !update.keys.isEmpty { try update.keys.apply(to: &client, at: now) }
      if let newResources { client.introspectedResources = newResources }
      if let seconds = update.tokenLifetime { client.tokenLifetime = seconds }
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
    keepingTokens: Bool = false,
    ifVersion version: Int? = nil
  ) async throws(AdministrationError) -> Client {
    let now = clock.now
    let details = enabled ? [:] : ["tokens": keepingTokens ? "kept" : "revoked"]
    return try await changeClient(
      id,
      ifVersion: version,
      audit: event(enabled ? .clientEnabled : .clientDisabled, id.rawValue, details)
    ) { client throws(AdministrationError) in
      guard client.isEnabled != enabled || !enabled && !keepingTokens else {
        throw .conflict("client \(id) is already \(enabled ? "enabled" : "disabled")")
      }
      if enabled { client.enable(at: now) } else { client.disable(at: now, keepingTokens: keepingTokens) }
    }
  }

  /// Removes a client for good.
  ///
  /// Its tokens are inactive at once.
  package func deleteClient(
    _ client: Client,
    ifVersion version: Int? = nil
  ) async throws(AdministrationError) {
    let audit = event(.clientDeleted, client.id.rawValue, ["name": client.name])
    try await ask(about: .client, await store.deleteClient(client.id, ifVersion: version, audit: audit))
  }

  /// The grant type with this name, which must be one that the server has.
  package func grantType(named name: String) throws(AdministrationError) -> GrantType {
    try GrantType.named(name, of: grantTypes)
  }
}

/// What of a client can only be checked against what there is.
extension Administration {
  func checkedGrantTypes(_ types: [GrantType]) throws(AdministrationError) -> [GrantType] {
    var checked: [GrantType] = []
    for type in types {
      guard grantTypes.contains(type) else { throw GrantType.unknown(type.name, of: grantTypes) }
      if !checked.contains(type) { checked.append(type) }
    }
    return checked
  }

  private func names(_ types: [GrantType]) -> String { types.map(\.name).joined(separator: " ") }

  func checkedLifetime(_ seconds: Int?) throws(AdministrationError) -> Int? {
    guard let seconds else { return nil }
    guard (TokenLifetime.shortest...lifetime.longest).contains(seconds) else {
      throw .invalid(
        .tokenLifetime,
        "a token lifetime is \(TokenLifetime.shortest) to \(lifetime.longest) seconds"
      )
    }
    return seconds
  }

  func checkedAddresses(_ ranges: [AddressRange]) throws(AdministrationError) -> [AddressRange] {
    guard ranges.count <= 64 else {
      throw .invalid(.allowedAddresses, "a client can be allowed at most 64 ranges of addresses")
    }
    return ranges
  }

  /// Scopes that a client gets by default: of those it may ask for.
  func checkedDefaults(
    _ scopes: [Scope],
    of allowed: ScopeSet
  ) throws(AdministrationError) -> ScopeSet {
    if let other = scopes.first(where: { !allowed.contains($0) }) {
      throw .invalid(.defaultScopes, "the default scope '\(other)' is not one that the client may request")
    }
    return ScopeSet(scopes)
  }

  /// The APIs that a client introspects the tokens of.
  private func checkedResources(_ named: [Resource]) async throws(AdministrationError) -> [Resource] {
    guard named.count <= 64 else {
      throw .invalid(.introspects, "a client can introspect the tokens of at most 64 APIs")
    }
    var resources: [Resource] = []
    for resource in named {
      try await checkResource(resource, of: .introspects)
      if !resources.contains(resource) { resources.append(resource) }
    }
    return resources
  }
}

extension GrantType {
  /// The one of these that has this name.
  package static func named(
    _ name: String,
    of types: [GrantType]
  ) throws(AdministrationError) -> GrantType {
    guard let type = types.first(where: { $0.name == name }) else { throw unknown(name, of: types) }
    return type
  }

  fileprivate static func unknown(_ name: String, of types: [GrantType]) -> AdministrationError {
    .invalid(
      .grantTypes,
      "this server has no grant type '\(name)'; it has: \(types.map(\.name).joined(separator: ", "))"
    )
  }
}

extension ClientRegistration {
  /// Whether the client gets a secret: nothing else would prove who it is, or one was asked for.
  var makesSecret: Bool {
    guard authenticationMethod != ClientAuthenticationMethod.none else { return false }
    guard !wantsSecret, importedSecret == nil, secretLifetime == nil else { return true }
    return authenticationMethod?.usesSecret ?? !keys.hasKeys
  }
}
