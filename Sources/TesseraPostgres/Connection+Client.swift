package import TesseraCore
import TesseraJOSE

extension Connection {
  package func insert(_ client: Client) throws(StoreError) {
    try run(
      """
      INSERT INTO clients (
        id, name, name_key, grant_types, scopes, default_scopes, token_format, claims, authentication_method,
        introspected_resources, allowed_addresses, token_lifetime, enabled, tokens_not_before, version, created_at,
        updated_at, owner, contact, labels, quota, quota_burst, quota_log_only, key_metadata
      ) VALUES (
        \(client.id.rawValue), \(client.name), \(Name.key(of: client.name)), \(client.grantTypeText),
        \(client.scopes.joined(by: " ")), \(client.defaultScopes.joined(by: " ")), \(client.tokenFormat.rawValue),
        \(try client.claims.jsonText()), \(client.authenticationMethod?.rawValue), \(client.introspectedText),
        \(client.allowedText), \(client.tokenLifetime), \(client.isEnabled), \(client.tokensNotBefore?.milliseconds),
        \(client.version), \(client.createdAt.milliseconds), \(client.updatedAt.milliseconds), \(client.owner),
        \(client.contact), \(try client.labels.jsonText()), \(client.quota?.perMinute), \(client.quota?.burst),
        \(client.quota?.isLogOnly ?? false), \(client.keyMetadata.storedText)
      )
      """
    )
    try insertSecrets(of: client)
  }

  package func update(_ client: Client) throws(StoreError) {
    try run(
      """
      UPDATE clients SET
        name = \(client.name), name_key = \(Name.key(of: client.name)), grant_types = \(client.grantTypeText),
        scopes = \(client.scopes.joined(by: " ")), default_scopes = \(client.defaultScopes.joined(by: " ")),
        token_format = \(client.tokenFormat.rawValue), claims = \(try client.claims.jsonText()),
        authentication_method = \(client.authenticationMethod?.rawValue),
        introspected_resources = \(client.introspectedText), allowed_addresses = \(client.allowedText), token_lifetime = \(client.tokenLifetime),
        enabled = \(client.isEnabled), tokens_not_before = \(client.tokensNotBefore?.milliseconds),
        version = \(client.version), created_at = \(client.createdAt.milliseconds), updated_at = \(client.updatedAt.milliseconds),
        owner = \(client.owner), contact = \(client.contact), labels = \(try client.labels.jsonText()),
        quota = \(client.quota?.perMinute), quota_burst = \(client.quota?.burst),
        quota_log_only = \(client.quota?.isLogOnly ?? false), key_metadata = \(client.keyMetadata.storedText)
      WHERE id = \(client.id.rawValue)
      """
    )
    try run("DELETE FROM client_secrets WHERE client_id = \(client.id.rawValue)")
    try insertSecrets(of: client)
    try run(
      """
      DELETE FROM secret_uses u WHERE client_id = \(client.id.rawValue) AND NOT EXISTS (
        SELECT 1 FROM client_secrets s
        WHERE s.client_id = u.client_id AND s.name = u.secret AND s.created_at = u.made_at
      ) AND NOT EXISTS (
        SELECT 1 FROM unnest(
          \(client.keyMetadata.credentials.map(\.name))::text[],
          \(client.keyMetadata.credentials.map { String($0.madeAt.milliseconds) })::bigint[]
        ) AS key (name, created_at)
        WHERE key.name = u.secret AND key.created_at = u.made_at
      )
      """
    )
  }

  package func updateTokensNotBefore(of client: Client) throws(StoreError) {
    try updateTokensNotBefore(of: [client])
  }

  /// The same of several, by one statement.
  func updateTokensNotBefore(of clients: [Client]) throws(StoreError) {
    try run(
      """
      UPDATE clients SET
        tokens_not_before = new.tokens_not_before, version = new.version, updated_at = new.updated_at
      FROM unnest(
        \(clients.map(\.id.rawValue))::text[],
        \(clients.map { $0.tokensNotBefore.map { String($0.milliseconds) } })::bigint[],
        \(clients.map { String($0.version) })::bigint[],
        \(clients.map { String($0.updatedAt.milliseconds) })::bigint[]
      ) AS new (id, tokens_not_before, version, updated_at)
      WHERE clients.id = new.id
      """
    )
  }

  package func deleteClient(_ id: ClientID) throws(StoreError) {
    // The foreign key takes the secrets along.
    try run("DELETE FROM clients WHERE id = \(id.rawValue)")
  }

  private func insertSecrets(of client: Client) throws(StoreError) {
    for (position, secret) in client.secrets.enumerated() {
      try run(
        """
        INSERT INTO client_secrets (
          client_id, position, name, hash_kind, salt, digest, created_at, expires_at, prefix
        ) VALUES (
          \(client.id.rawValue), \(position), \(secret.name), \(secret.hash.kind), \(secret.hash.salt),
          \(secret.hash.digest.bytes), \(secret.createdAt.milliseconds), \(secret.expiresAt?.milliseconds),
          \(secret.prefix)
        )
        """
      )
    }
  }
}

extension Client {
  /// The client of a row with these secrets.
  init(row: Row, secrets: [StoredSecret]) throws(StoreError) {
    self.init(
      id: try row.parsed("id", by: ClientID.init),
      name: try row.value("name"),
      grantTypes: try row.list("grant_types", of: GrantType.init),
      scopes: ScopeSet(try row.list("scopes", of: Scope.init)),
      defaultScopes: ScopeSet(try row.list("default_scopes", of: Scope.init)),
      tokenFormat: try row.parsed("token_format", by: TokenFormat.init),
      claims: try row.parsed("claims", by: [String: String].init(jsonText:)),
      authenticationMethod: try row.optionallyParsed(
        "authentication_method",
        by: ClientAuthenticationMethod.init
      ),
      introspectedResources: try row.list("introspected_resources", of: Resource.init(stored:)),
      allowedAddresses: try row.list("allowed_addresses", of: AddressRange.init),
      tokenLifetime: try row.optionalValue("token_lifetime"),
      secrets: secrets,
      isEnabled: try row.value("enabled"),
      tokensNotBefore: try row.optionalTime("tokens_not_before"),
      version: try row.value("version"),
      createdAt: try row.time("created_at"),
      updatedAt: try row.time("updated_at"),
      owner: try row.optionalValue("owner"),
      contact: try row.optionalValue("contact"),
      labels: try row.parsed("labels", by: [String: String].init(jsonText:)),
      quota: try Quota(row: row),
      keyMetadata: try row.parsed("key_metadata", by: ClientKeyMetadata.init(storedText:))
    )
  }

  fileprivate var grantTypeText: String { grantTypes.map(\.name).joined(separator: " ") }
  fileprivate var allowedText: String { allowedAddresses.map(\.description).joined(separator: " ") }
  fileprivate var introspectedText: String { introspectedResources.map(\.uri).joined(separator: " ") }
}

extension Quota {
  /// That of a row; nil when the client has none.
  fileprivate init?(row: Row) throws(StoreError) {
    guard let perMinute: Int = try row.optionalValue("quota") else { return nil }
    self.init(
      perMinute: perMinute,
      burst: try row.optionalValue("quota_burst"),
      isLogOnly: try row.value("quota_log_only")
    )
  }
}

extension StoredSecret {
  init(row: Row, name: String) throws(StoreError) {
    self.init(
      name: name,
      hash: try SecretHash(row: row),
      createdAt: try row.time("secret_created_at"),
      expiresAt: try row.optionalTime("secret_expires_at"),
      prefix: try row.optionalValue("prefix")
    )
  }
}

extension SecretHash {
  fileprivate init(row: Row) throws(StoreError) {
    let kind: String = try row.value("hash_kind")
    let bytes: [UInt8] = try row.value("digest")
    guard let digest = SecretDigest(bytes: bytes) else { throw .unreadable("the digest of a secret") }
    switch kind {
    case "keyed": self = .keyed(digest)
    case "stretched": self = .stretched(salt: try row.value("salt"), digest)
    case "wrapped": self = .wrapped(try row.value("salt"), digest)
    case "foreign":
      let text: [UInt8] = try row.value("salt")
      guard let hashing = ForeignHashing(text: String(decoding: text, as: UTF8.self)) else {
        throw .unreadable("how a secret is hashed")
      }
      self = .foreign(hashing, digest)
    default: throw .unreadable("a kind of secret")
    }
  }

  fileprivate var kind: String {
    switch self {
    case .keyed: "keyed"
    case .stretched: "stretched"
    case .foreign: "foreign"
    case .wrapped: "wrapped"
    }
  }

  fileprivate var salt: [UInt8]? {
    switch self {
    case .keyed: nil
    case .stretched(let salt, _): salt
    case .foreign(let hashing, _): Array(hashing.text.utf8)
    case .wrapped(let box, _): box
    }
  }
}
