package import TesseraJOSE

/// What is shown of things in JSON, by the command line and by the API alike.
///
/// A secret is in none of them but those of something that has just been made: nobody can show one again.
package protocol Representation: Sendable {
  var json: JSONValue { get }
}

/// Where a secret that was just made is to be found.
package enum NewSecret: Sendable {
  /// In the representation itself, this once.
  case shown(ClientSecret)
  /// In a file.
  case kept(file: String)

  fileprivate var member: JSONValue.Member {
    switch self {
    case .shown(let secret): .init("client_secret", .string(secret.exposed))
    case .kept(let file): .init("client_secret_file", .string(file))
    }
  }
}

/// A client.
package struct ClientRepresentation: Representation {
  private let client: Client
  private let lifetime: TokenLifetime
  private let lastDay: LastDay?

  /// `lifetime` are the server's own lifetimes, so that the one shown is the one in effect; `lastDay` is what its requests
  /// came to, where that is shown.
  package init(
    _ client: Client,
    lifetime: TokenLifetime,
    lastDay: LastDay? = nil
  ) {
    self.client = client
    self.lifetime = lifetime
    self.lastDay = lastDay
  }

  package var json: JSONValue {
    let claims = client.claims.sorted { $0.key < $1.key }
    let labels = client.labels.sorted { $0.key < $1.key }
    let subject = client.keyMetadata.certificateSubject?.members ?? [:]
    let lastDay = lastDay.map { [JSONValue.Member("last_day", $0.json)] }
    return .object(
      [
        .init("client_id", .string(client.id.rawValue)),
        .init("name", .string(client.name)),
        .init("scopes", JSONValue(client.scopes.scopes.map(\.name))),
        .init("default_scopes", JSONValue(client.defaultScopes.scopes.map(\.name))),
        .init("token_format", .string(client.tokenFormat.rawValue)),
        .init("claims", .object(claims.map { .init($0.key, .string($0.value)) })),
        .init("token_lifetime", .integer(lifetime.seconds(for: client))),
        .init("enabled", .boolean(client.isEnabled)),
        .init("authentication_method", JSONValue(client.authenticationMethod?.rawValue)),
        .init("introspects", JSONValue(client.introspectedResources.map(\.uri))),
        .init("allowed_addresses", JSONValue(client.allowedAddresses.map(\.description))),
        .init("owner", JSONValue(client.owner)), .init("contact", JSONValue(client.contact)),
        .init("labels", .object(labels.map { .init($0.key, .string($0.value)) })),
        .init("quota", JSONValue(client.quota?.perMinute)),
        .init("quota_burst", JSONValue(client.quota?.burst)),
        .init("quota_log_only", .boolean(client.quota?.isLogOnly ?? false)),
        .init("grant_types", JSONValue(client.grantTypes.map(\.name))),
        .init("secrets", .array(client.secrets.map { SecretRepresentation($0).json })),
        .init("keys", .array(client.keyMetadata.keys.map { ClientKeyRepresentation($0).json })),
        .init("jwks_uri", JSONValue(client.keyMetadata.keySetURL)),
        .init("certificate_subject", .object(subject.map { .init($0.key, .string($0.value)) })),
        .init("dpop_bound_access_tokens", .boolean(client.keyMetadata.isDPoPBound)),
        .init("tls_client_certificate_bound_access_tokens", .boolean(client.keyMetadata.isCertificateBound)),
        .init("strict_assertions", .boolean(client.keyMetadata.requiresStrictAssertions)),
        .init("profile", JSONValue(client.keyMetadata.profile?.rawValue)),
        .init("trusts", .array(client.keyMetadata.trusts.map { ClientTrustRepresentation($0).json })),
        .init("tokens_not_before", JSONValue(client.tokensNotBefore)),
        .init("created_at", JSONValue(client.createdAt)),
        .init("updated_at", JSONValue(client.updatedAt)),
        .init("version", .integer(client.version)),
      ] + (lastDay ?? [])
    )
  }
}

/// A client that was just registered.
package struct NewClientRepresentation: Representation {
  private let client: Client
  private let secret: NewSecret?
  private let lifetime: TokenLifetime

  /// `secret` is nil for a client without.
  package init(_ client: Client, secret: NewSecret?, lifetime: TokenLifetime) {
    self.client = client
    self.secret = secret
    self.lifetime = lifetime
  }

  package var json: JSONValue {
    var members = [JSONValue.Member("client_id", .string(client.id.rawValue))]
    if let secret { members.append(secret.member) }
    members += [
      .init("name", .string(client.name)), .init("scopes", JSONValue(client.scopes.scopes.map(\.name))),
      .init("token_lifetime", .integer(lifetime.seconds(for: client))),
    ]
    if client.tokenFormat != .opaque {
      members.append(.init("token_format", .string(client.tokenFormat.rawValue)))
    }
    if !client.introspectedResources.isEmpty {
      members.append(.init("introspects", JSONValue(client.introspectedResources.map(\.uri))))
    }
    if let end = client.secrets.first?.expiresAt {
      members.append(.init("client_secret_expires_at", JSONValue(end)))
    }
    return .object(members)
  }
}

/// What is kept of a secret.
package struct SecretRepresentation: Representation {
  private let secret: StoredSecret

  package init(_ secret: StoredSecret) {
    self.secret = secret
  }

  package var json: JSONValue {
    .object([
      .init("name", .string(secret.name)), .init("created_at", JSONValue(secret.createdAt)),
      .init("expires_at", JSONValue(secret.expiresAt)), .init("prefix", JSONValue(secret.prefix)),
    ])
  }
}

/// What is kept of a secret, with how it was used.
package struct UsedSecretRepresentation: Representation {
  private let secret: StoredSecret
  private let use: SecretUse?
  private let isInUse: Bool

  /// `use` is nil for a secret that was never used.
  package init(_ secret: StoredSecret, _ use: SecretUse?, at now: Timestamp) {
    self.secret = secret
    self.use = use
    isInUse = use?.isRecent(at: now) ?? false
  }

  package var json: JSONValue {
    guard case .object(let members) = SecretRepresentation(secret).json else { return .null }
    return .object(
      members + [
        .init("last_used_at", JSONValue(use?.lastUsedAt)), .init("last_used_from", JSONValue(use?.address)),
        .init("uses", .integer(Int(use?.count ?? 0))), .init("in_use", .boolean(isInUse)),
      ]
    )
  }
}

/// A secret that a client was just given.
package struct NewSecretRepresentation: Representation {
  private let secret: NewSecret
  private let stored: StoredSecret
  private let client: ClientID

  package init(_ secret: NewSecret, _ stored: StoredSecret, of client: ClientID) {
    self.secret = secret
    self.stored = stored
    self.client = client
  }

  package var json: JSONValue {
    let end = stored.expiresAt.map { [JSONValue.Member("client_secret_expires_at", JSONValue($0))] } ?? []
    return .object(
      [.init("client_id", .string(client.rawValue)), secret.member, .init("secret", .string(stored.name))]
        + end
    )
  }
}

/// A scope.
package struct ScopeRepresentation: Representation {
  private let definition: ScopeDefinition

  package init(_ definition: ScopeDefinition) {
    self.definition = definition
  }

  package var json: JSONValue {
    .object([
      .init("name", .string(definition.scope.name)), .init("description", .string(definition.description)),
      .init("resource", .string(definition.resource.uri)),
      .init("created_at", JSONValue(definition.createdAt)),
      .init("retired_at", JSONValue(definition.retiredAt)),
    ])
  }
}

/// An API that tokens are for.
package struct ResourceRepresentation: Representation {
  private let definition: ResourceDefinition

  package init(_ definition: ResourceDefinition) {
    self.definition = definition
  }

  /// Where the keys of its JWTs are, below the issuer.
  package var keySet: String { JWKSEndpoint.Contents(of: definition.signingAlgorithm ?? .es256).path }

  package var json: JSONValue {
    .object([
      .init("resource", .string(definition.resource.uri)),
      .init("description", .string(definition.description)),
      .init("token_format", JSONValue(definition.tokenFormat?.rawValue)),
      .init("signing_algorithm", JSONValue(definition.signingAlgorithm?.name)),
      .init("jwt_type", .string(definition.jwtType.rawValue)), .init("key_set", .string(keySet)),
      .init("created_at", JSONValue(definition.createdAt)),
      .init("retired_at", JSONValue(definition.retiredAt)),
      .init("version", .integer(definition.version)),
    ])
  }
}

/// A key, and what it is used for now where that is known.
package struct KeyRepresentation: Representation {
  private let key: WrappedKey
  private let state: [JSONValue.Member]

  /// A key that was just made or moved.
  package init(_ key: WrappedKey) {
    self.key = key
    state = []
  }

  package init(_ summary: Administration.KeySummary) {
    key = summary.key
    state = [
      .init("state", .string(summary.state.rawValue)), .init("kid", JSONValue(summary.keyID)),
      .init("retires_at", JSONValue(summary.retiresAt)),
    ]
  }

  package var json: JSONValue {
    .object(
      [
        .init("number", .integer(Int(key.number))), .init("use", .string(key.use.description)),
        .init("created_at", JSONValue(key.createdAt)), .init("activates_at", JSONValue(key.activatesAt)),
      ] + state
    )
  }
}

/// A key that was just destroyed, and what takes its place.
package struct DestroyedKeyRepresentation: Representation {
  private let destruction: Administration.Destruction

  package init(_ destruction: Administration.Destruction) {
    self.destruction = destruction
  }

  package var json: JSONValue {
    .object([
      .init("destroyed", KeyRepresentation(destruction.key).json),
      .init("successor", destruction.successor.map { KeyRepresentation($0).json } ?? .null),
    ])
  }
}
