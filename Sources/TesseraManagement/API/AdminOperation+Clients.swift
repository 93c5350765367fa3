import TesseraCore
import TesseraSupport

extension AdminOperation {
  /// What can be done with clients.
  static let clients: [AdminOperation] = [
    AdminOperation(
      name: "listClients",
      method: "GET",
      path: "/admin/v1/clients",
      scope: .read,
      summary:
        "List clients in the order of their IDs. A part can have fewer than the limit, and another follow.",
      query: listing,
      outcome: .listed(.client)
    ) { request in
      let filter = try request.clientFilter()
      let place = try request.cursors.place(of: request.query.text("cursor")) ?? request.query.text("after")
      let last = try place.map { text throws(AdminProblem) in
        guard let id = ClientID(text) else {
          throw .badRequest("it is not the ID of a client", field: "after")
        }
        return id
      }
      let limit = try request.limit()
      if let name = request.query.text("name") {
        let named = try await request.administration.clients(named: name)
        let isAfter = { (client: Client) in last.map { $0.rawValue < client.id.rawValue } ?? true }
        return .listed(named.filter { filter.passes($0) && isAfter($0) }.map(request.shown))
      }
      let page = try await request.administration.clients(
        passing: filter,
        after: last,
        limit: limit
      )
      return .listed(
        page.elements.map(request.shown),
        next: page.next.map { request.cursors.cursor(after: $0.rawValue) }
      )
    },
    AdminOperation(
      name: "createClient",
      method: "POST",
      path: "/admin/v1/clients",
      scope: .write,
      summary:
        "Register a client. The answer has its secret, this once; with keys it gets one only if asked for.",
      body: creation,
      outcome: .created(.newClient)
    ) { request in try await request.createClient() },
    AdminOperation(
      name: "showClient",
      method: "GET",
      path: "/admin/v1/clients/{client_id}",
      scope: .read,
      summary: "Show a client, and what its requests of the last day came to.",
      outcome: .shown(.client)
    ) { request in
      let client = try await request.client()
      let shown = ClientRepresentation(
        client,
        lifetime: request.lifetime,
        lastDay: LastDay(try await request.administration.lastDay(of: client))
      )
      return .shown(shown, version: client.version)
    },
    AdminOperation(
      name: "updateClient",
      method: "PATCH",
      path: "/admin/v1/clients/{client_id}",
      scope: .write,
      summary:
        "Change a client. What is not given stays. What it proves itself by also needs the scope \(OperatorScope.secrets.rawValue).",
      body: change,
      precondition: .version,
      outcome: .shown(.client)
    ) { request in
      let client = try await request.clientToChange()
      let updated = try await request.administration.updateClient(client.id, request.update())
      return .shown(request.shown(updated), version: updated.version)
    },
    AdminOperation(
      name: "deleteClient",
      method: "DELETE",
      path: "/admin/v1/clients/{client_id}",
      scope: .write,
      summary: "Remove a client for good, with its secrets and tokens.",
      precondition: .version,
      outcome: .done
    ) { request in
      try await request.administration.deleteClient(request.clientToChange(), ifVersion: request.version)
      return .done
    },
    AdminOperation(
      name: "disableClient",
      method: "POST",
      path: "/admin/v1/clients/{client_id}/disable",
      scope: .write,
      summary: "Disable a client: it gets no new tokens, and those it has are revoked for good.",
      body: [
        AdminField("keep_tokens", .boolean, "Only pause: its tokens are active again once it is enabled")
      ],
      precondition: .version,
      outcome: .shown(.client)
    ) { request in
      let client = try await request.administration.setClient(
        request.clientToChange().id,
        enabled: false,
        keepingTokens: request.body.isTrue("keep_tokens"),
        ifVersion: request.version
      )
      return .shown(request.shown(client), version: client.version)
    },
    AdminOperation(
      name: "enableClient",
      method: "POST",
      path: "/admin/v1/clients/{client_id}/enable",
      scope: .write,
      summary: "Enable a client again.",
      precondition: .version,
      outcome: .shown(.client)
    ) { request in
      let client = try await request.administration.setClient(
        request.clientToChange().id,
        enabled: true,
        ifVersion: request.version
      )
      return .shown(request.shown(client), version: client.version)
    },
    AdminOperation(
      name: "revokeTokensOfClient",
      method: "POST",
      path: "/admin/v1/clients/{client_id}/revoke-tokens",
      scope: .write,
      summary: "Revoke all tokens that a client has; it can get new ones.",
      outcome: .shown(.client)
    ) { request in
      let client = try await request.administration.revokeTokens(of: request.clientToChange().id)
      return .shown(request.shown(client), version: client.version)
    },
  ]

  private static let listing: [AdminField] =
    paging + [
      AdminField("after", .text, "Only clients whose IDs come after this one", of: AdminSchema.clientID),
      AdminField("name", .text, "Only clients of this name"),
      AdminField("name_contains", .text, "Only clients in whose name this is, in whatever case"),
      AdminField("owner", .text, "Only clients of this owner"),
      AdminField("label", .texts, "Only clients with this label: name=value, or name for any value"),
      AdminField("enabled", .boolean, "Only clients that are enabled, or only those that are not"),
    ]

  private static let creation: [AdminField] = {
    let name = AdminField(
      "name",
      .text,
      required: true,
      "Its name, which must be unique",
      of: AdminSchema.name
    )
    let others = [
      AdminField(
        "client_id",
        .text,
        "An existing ID to keep; a new UUID unless it is given",
        of: AdminSchema.clientID
      ),
      AdminField(
        "client_secret",
        .text,
        "An existing secret to keep; a new one unless it is given",
        of: AdminSchema.clientSecret
      ),
      AdminField(
        "client_secret_expires_in_days",
        .integer,
        "When its secret expires; never unless it is given",
        of: AdminSchema.secretLifetime
      ),
      AdminField("generate_secret", .boolean, "Whether it gets a secret although it has keys"),
    ]
    return [name] + registration + credentials + others
  }()

  private static let change: [AdminField] = {
    let name = AdminField("name", .text, "Its new name", of: AdminSchema.name)
    let tokens = AdminField("revoke_tokens", .boolean, "Whether the tokens it has become inactive")
    return [name] + registration + credentials + [tokens]
  }()

  /// What it proves itself by, and what its tokens are bound to.
  private static let credentials = [
    AdminField(
      "authentication_method",
      .nullable(.choice(ClientAuthenticationMethod.allCases.map(\.rawValue))),
      "The only method by which it may authenticate; null for any that it has credentials for. For client_secret_jwt its "
        + "secrets are kept encrypted instead of hashed"
    ),
    AdminField(
      "jwks",
      .nullable(.object),
      "Its public keys, instead of those it had: a JWK Set, or a JWK; null for none"
    ),
    AdminField(
      "certificates",
      .texts,
      "Its certificates in PEM, instead of those it had",
      of: AdminSchema.pem
    ),
    AdminField(
      "jwks_uri",
      .nullable(.text),
      "Where its public keys are, instead of jwks",
      of: AdminSchema.keySetURL
    ),
    AdminField(
      "certificate_subject",
      .map,
      "Whom its certificate has to name, by exactly one of tls_client_auth_subject_dn, tls_client_auth_san_dns, "
        + "tls_client_auth_san_uri, tls_client_auth_san_ip and tls_client_auth_san_email; {} for nobody"
    ),
    AdminField(
      "dpop_bound_access_tokens",
      .boolean,
      "Whether it gets only tokens that are bound to a key (RFC 9449)"
    ),
    AdminField(
      "tls_client_certificate_bound_access_tokens",
      .boolean,
      "Whether it gets only tokens that are bound to its certificate (RFC 8705)"
    ),
    AdminField(
      "strict_assertions",
      .boolean,
      "Whether its assertions must be for the issuer itself and expire within 5 minutes"
    ),
    AdminField("profile", .nullable(.text), "The profile that it is held to", of: AdminSchema.profile),
  ]

  /// What is said of a client when it is made, and when it is changed.
  private static let registration: [AdminField] = [
    AdminField("scopes", .texts, "The scopes it may ask for", of: AdminSchema.scopeName),
    AdminField(
      "default_scopes",
      .texts,
      "The scopes it gets when it asks for none",
      of: AdminSchema.scopeName
    ),
    AdminField("grant_types", .texts, "The grants it may use", of: AdminSchema.grantType),
    AdminField("token_format", .choice(TokenFormat.allCases.map(\.rawValue)), "The format of its tokens"),
    AdminField(
      "token_lifetime",
      .nullable(.integer),
      "How long its tokens live, in seconds; null for the server's default",
      of: AdminSchema.number(from: TokenLifetime.shortest)
    ),
    AdminField("claims", .map, "Claims of its own in its JWTs and in introspection"),
    AdminField("introspects", .texts, "The APIs whose tokens it may introspect", of: AdminSchema.resourceID),
    AdminField(
      "allowed_addresses",
      .texts,
      "Ranges of addresses (CIDR) that its requests may come from; none for any"
    ),
    AdminField("owner", .nullable(.text), "Who answers for it", of: AdminSchema.name),
    AdminField("contact", .nullable(.text), "Where its owner is reached", of: AdminSchema.name),
    AdminField("labels", .map, "What it is sorted by"),
    AdminField(
      "quota",
      .nullable(.integer),
      "How many token requests it may make each minute, at each server",
      of: AdminSchema.quota
    ),
    AdminField(
      "quota_burst",
      .nullable(.integer),
      "How many of them it may make at once",
      of: AdminSchema.quota
    ),
    AdminField("quota_log_only", .boolean, "Whether a request beyond its quota is only logged and counted"),
  ]
}

extension AdminRequest {
  /// The client in the path, which is named by its ID.
  func client() async throws -> Client {
    guard let id = ClientID(part("client_id")), let client = try await administration.client(withID: id)
    else {
      throw AdminProblem.notFound
    }
    return client
  }

  /// The same, where the caller may do all that it may.
  func clientToChange() async throws -> Client {
    let client = try await client()
    try caller.check(client.scopes.scopes)
    return client
  }

  func shown(_ client: Client) -> ClientRepresentation {
    ClientRepresentation(client, lifetime: lifetime)
  }

  fileprivate func createClient() async throws -> AdminAnswer {
    var registration = ClientRegistration(
      name: try DisplayName(body.text("name") ?? "", of: .name),
      scopes: try [Scope](names: body.texts("scopes") ?? [], of: .scopes)
    )
    try caller.check(registration.scopes)
    registration.id = try body.text("client_id").map { id throws(AdministrationError) in try ClientID(new: id)
    }
    registration.grantTypes = try grantTypes()
    registration.defaultScopes = try [Scope](names: body.texts("default_scopes") ?? [], of: .defaultScopes)
    registration.tokenFormat = body.text("token_format").flatMap(TokenFormat.init(rawValue:)) ?? .opaque
    registration.tokenLifetime = body.integer("token_lifetime")
    registration.claims = try ClientClaims(body.map("claims") ?? [:])
    registration.introspectedResources = try introspected() ?? []
    registration.allowedAddresses = try [AddressRange](texts: body.texts("allowed_addresses") ?? [])
    registration.owner = try name("owner", of: .owner) ?? nil
    registration.contact = try name("contact", of: .contact) ?? nil
    registration.labels = try ClientLabels(body.map("labels") ?? [:])
    registration.quota = quotaChange()
    registration.secretLifetime = try secretLifetime()
    registration.importedSecret = try importedSecret()
    registration.authenticationMethod = authenticationMethod ?? nil
    registration.keys = try keyChange()
    registration.wantsSecret = body.isTrue("generate_secret")
    let made = try await made(registration)
    return .created(
      NewClientRepresentation(made.client, secret: made.secret.map(NewSecret.shown), lifetime: lifetime),
      at: "/admin/v1/clients/\(made.client.id.rawValue.pathSegment)",
      version: made.client.version
    )
  }

  /// The new client, or the one that the same request made before.
  private func made(_ registration: ClientRegistration) async throws -> (
    client: Client, secret: ClientSecret?
  ) {
    let expected = repeatable.expected(registration)
    if isRepeated, let client = try await administration.client(withID: expected.id) {
      return (client, expected.secret)
    }
    return try await repeatable.registerClient(registration)
  }

  fileprivate func update() throws -> ClientUpdate {
    var update = ClientUpdate()
    update.name = try body.text("name").map { name throws(AdministrationError) in
      try DisplayName(name, of: .name)
    }
    update.scopes = try body.texts("scopes").map { names throws(AdministrationError) in
      try [Scope](names: names, of: .scopes)
    }
    try caller.check(update.scopes ?? [])
    update.grantTypes = try grantTypes()
    update.defaultScopes = try body.texts("default_scopes").map { names throws(AdministrationError) in
      try [Scope](names: names, of: .defaultScopes)
    }
    update.tokenFormat = body.text("token_format").flatMap(TokenFormat.init(rawValue:))
    if body.has("token_lifetime") { update.tokenLifetime = .some(body.integer("token_lifetime")) }
    update.claims = try body.map("claims").map { claims throws(AdministrationError) in
      try ClientClaims(claims)
    }
    update.introspectedResources = try introspected()
    update.allowedAddresses = try body.texts("allowed_addresses").map { texts throws(AdministrationError) in
      try [AddressRange](texts: texts)
    }
    update.owner = try name("owner", of: .owner)
    update.contact = try name("contact", of: .contact)
    update.labels = try body.map("labels").map { labels throws(AdministrationError) in
      try ClientLabels(labels)
    }
    update.quota = quotaChange()
    update.authenticationMethod = authenticationMethod
    update.keys = try keyChange()
    if update.changesCredentials, !caller.may(.secrets) { throw AdminProblem.insufficientScope(.secrets) }
    update.revokesTokens = body.isTrue("revoke_tokens")
    update.ifVersion = version
    return update
  }

  /// What a list of clients is narrowed to.
  fileprivate func clientFilter() throws(AdminProblem) -> ClientFilter {
    var filter = ClientFilter()
    filter.isEnabled = query.boolean("enabled")
    func require(
      _ parameter: String,
      _ narrow: (String) throws(AdministrationError) -> Void
    ) throws(AdminProblem) {
      for text in query.texts(parameter) ?? query.text(parameter).map({ [$0] }) ?? [] {
        do throws(AdministrationError) {
          try narrow(text)
        } catch {
          throw .badRequest(error.description, field: parameter)
        }
      }
    }
    try require("name_contains") { text throws(AdministrationError) in try filter.require(nameWith: text) }
    try require("owner") { owner throws(AdministrationError) in try filter.require(owner: owner) }
    try require("label") { label throws(AdministrationError) in try filter.require(label: label) }
    return filter
  }

  /// A name that can be null; nil when it is not given.
  private func name(
    _ member: String,
    of field: AdministrationError.Field
  ) throws(AdministrationError) -> DisplayName?? {
    guard body.has(member) else { return nil }
    guard let text = body.text(member) else { return .some(nil) }
    return try DisplayName(text, of: field)
  }

  private func quotaChange() -> QuotaChange {
    var change = QuotaChange()
    if body.has("quota") { change.perMinute = .some(body.integer("quota")) }
    if body.has("quota_burst") { change.burst = .some(body.integer("quota_burst")) }
    change.isLogOnly = body.boolean("quota_log_only")
    return change
  }

  private func grantTypes() throws(AdministrationError) -> [GrantType]? {
    try body.texts("grant_types")?.map { name throws(AdministrationError) in
      try administration.grantType(named: name)
    }
  }

  private func introspected() throws(AdministrationError) -> [Resource]? {
    try body.texts("introspects")?.map { uri throws(AdministrationError) in try Resource(existing: uri) }
  }

  func secretLifetime() throws(AdministrationError) -> SecretLifetime? {
    try body.integer("client_secret_expires_in_days").map { days throws(AdministrationError) in
      try SecretLifetime(days: days)
    }
  }

  func importedSecret() throws(AdministrationError) -> ClientSecret? {
    try body.text("client_secret").map { text throws(AdministrationError) in
      try ClientSecret(existing: text)
    }
  }
}
