import TesseraSupport

extension Client {
  /// What can be declared of a client, in the order in which it is written. A field may count on those before it.
  package static let declaredFields: [DeclaredField<Client>] = [
    .texts("scopes", { $0.scopes.scopes.map(\.name) }) { client, names, rules throws(AdministrationError) in
      let scopes = ScopeSet(try [Scope](names: names, of: .scopes))
      guard scopes.scopes.count <= ScopeSet.maximumCount else {
        throw .invalid(.scopes, "a client has at most \(ScopeSet.maximumCount) scopes")
      }
      for scope in scopes.scopes where !client.scopes.contains(scope) { try rules.require(scope) }
      client.scopes = scopes
    },
    .texts("default_scopes", { $0.defaultScopes.scopes.map(\.name) }) {
      client,
      names,
      rules throws(AdministrationError) in
      let scopes = try [Scope](names: names, of: .defaultScopes)
      client.defaultScopes = try rules.administration.checkedDefaults(scopes, of: client.scopes)
    },
    .texts(
      "grant_types",
      standard: { $0.scopes.isEmpty ? [] : [GrantType.clientCredentials.name] },
      { $0.grantTypes.map(\.name) }
    ) { client, names, rules throws(AdministrationError) in
      var types: [GrantType] = []
      for name in names where !types.contains(where: { $0.name == name }) {
        let known = client.grantTypes.first { $0.name == name }
        let type = if let known { known } else { try rules.administration.grantType(named: name) }
        types.append(type)
      }
      client.grantTypes = types
    },
    .choice(
      "token_format",
      of: TokenFormat.allCases.map(\.rawValue),
      standard: TokenFormat.opaque.rawValue,
      { $0.tokenFormat.rawValue }
    ) { client, name, _ in
      client.tokenFormat = name.flatMap(TokenFormat.init) ?? .opaque
    },
    .integer("token_lifetime", \.tokenLifetime) { client, seconds, rules throws(AdministrationError) in
      if seconds != client.tokenLifetime {
        client.tokenLifetime = try rules.administration.checkedLifetime(seconds)
      }
    },
    .map("claims", \.claims) { client, claims, _ throws(AdministrationError) in
      if claims != client.claims { client.claims = try ClientClaims(claims).byName }
    },
    .choice(
      "authentication_method",
      of: ClientAuthenticationMethod.allCases.map(\.rawValue),
      { $0.authenticationMethod?.rawValue }
    ) { client, name, _ throws(AdministrationError) in
      try client.setAuthenticationMethod(name.flatMap(ClientAuthenticationMethod.init))
    },
    .keys,
    .keyExpiries,
    .optionalText("jwks_uri", \.keyMetadata.keySetURL) { client, text, _ throws(AdministrationError) in
      client.keyMetadata.keySetURL = try text.map { text throws(AdministrationError) in
        try KeySetURL(text).text
      }
    },
    .map("certificate_subject", { $0.keyMetadata.certificateSubject?.members ?? [:] }) {
      client,
      members,
      _ throws(AdministrationError) in
      client.keyMetadata.certificateSubject = try CertificateSubject.of(members)
    },
    .trusts,
    .boolean("dpop_bound_access_tokens", standard: false, \.keyMetadata.isDPoPBound) { client, isBound, _ in
      client.keyMetadata.isDPoPBound = isBound
    },
    .boolean(
      "tls_client_certificate_bound_access_tokens",
      standard: false,
      \.keyMetadata.isCertificateBound
    ) { client, isBound, _ in
      client.keyMetadata.isCertificateBound = isBound
    },
    .boolean("strict_assertions", standard: false, \.keyMetadata.requiresStrictAssertions) {
      client,
      isStrict,
      _ in
      client.keyMetadata.requiresStrictAssertions = isStrict
    },
    .choice(
      "profile",
      of: SecurityProfile.allCases.map(\.rawValue),
      { $0.keyMetadata.profile?.rawValue }
    ) { client, name, _ in
      client.keyMetadata.profile = name.flatMap(SecurityProfile.init)
    },
    .texts("introspects", { $0.introspectedResources.map(\.uri) }) {
      client,
      uris,
      rules throws(AdministrationError) in
      var resources: [Resource] = []
      for uri in uris {
        let resource = try Resource(existing: uri)
        if !client.introspectedResources.contains(resource) { try rules.require(resource, of: .introspects) }
        if !resources.contains(resource) { resources.append(resource) }
      }
      guard resources.count <= 64 else {
        throw .invalid(.introspects, "a client can introspect the tokens of at most 64 APIs")
      }
      client.introspectedResources = resources
    },
    .texts("allowed_addresses", { $0.allowedAddresses.map(\.description) }) {
      client,
      texts,
      rules throws(AdministrationError) in
      var ranges: [AddressRange] = []
      for text in texts {
        guard let range = AddressRange(text) else {
          throw .invalid(
            .allowedAddresses,
            "'\(text)' is not a range of addresses, such as 10.0.0.0/8 or 2001:db8::/32"
          )
        }
        ranges.append(range)
      }
      client.allowedAddresses = try rules.administration.checkedAddresses(ranges)
    },
    .optionalText("owner", \.owner) { client, text, _ throws(AdministrationError) in
      guard text != client.owner else { return }
      client.owner = try text.map { text throws(AdministrationError) in
        try DisplayName(text, of: .owner).text
      }
    },
    .optionalText("contact", \.contact) { client, text, _ throws(AdministrationError) in
      guard text != client.contact else { return }
      client.contact = try text.map { text throws(AdministrationError) in
        try DisplayName(text, of: .contact).text
      }
    },
    .map("labels", \.labels) { client, labels, _ throws(AdministrationError) in
      if labels != client.labels { client.labels = try ClientLabels(labels).byName }
    },
    .integer("quota", { $0.quota?.perMinute }) { client, number, _ throws(AdministrationError) in
      var change = QuotaChange()
      change.perMinute = .some(number)
      client.quota = try change.changed(client.quota)
    },
    .integer("quota_burst", standard: { $0.quota?.perMinute }, { $0.quota?.burst }) {
      client,
      number,
      _ throws(AdministrationError) in
      var change = QuotaChange()
      change.burst = .some(number)
      client.quota = try change.changed(client.quota)
    },
    .boolean("quota_log_only", standard: false, { $0.quota?.isLogOnly ?? false }) {
      client,
      isLogOnly,
      _ throws(AdministrationError) in
      var change = QuotaChange()
      change.isLogOnly = isLogOnly
      client.quota = try change.changed(client.quota)
    },
    // Nothing said leaves it: a client that was disabled in an emergency is not enabled by the next change of a file.
    .boolean("enabled", standard: true, staysWhenAbsent: true, \.isEnabled) { client, isEnabled, _ in
      client.isEnabled = isEnabled
    },
  ]
}
