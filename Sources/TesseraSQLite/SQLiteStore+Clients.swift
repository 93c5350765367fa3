import Foundation
package import GRDB
package import TesseraCore
import TesseraJOSE

extension SQLiteStore {
  package func client(_ id: ClientID) async throws(StoreError) -> Client? {
    try await read { try $0.client(id) }
  }

  package func clients(named name: String) async throws(StoreError) -> [Client] {
    try await read { database in
      try database.clients("SELECT * FROM clients WHERE name_key = \(Name.key(of: name)) ORDER BY id")
    }
  }

  package func clients(after id: ClientID?, limit: Int) async throws(StoreError) -> [Client] {
    try await read { database in
      // Every identifier comes after the empty text. A negative LIMIT would mean none.
      try database.clients(
        "SELECT * FROM clients WHERE id > \(id?.rawValue ?? "") ORDER BY id LIMIT \(max(0, limit))"
      )
    }
  }
}

extension Database {
  package func client(_ id: ClientID) throws(StoreError) -> Client? {
    try clients("SELECT * FROM clients WHERE id = \(id.rawValue)").first
  }

  /// The client of a row of `clients`, with its secrets.
  func client(in row: Row) throws(StoreError) -> Client {
    let id: String = try row.value("id")
    return try Client(row: row, secrets: try secrets(from: id, through: id)[id, default: []])
  }

  /// The clients of a query that returns rows of `clients` by identifier.
  fileprivate func clients(_ query: SQL) throws(StoreError) -> [Client] {
    let rows = try rows(query)
    guard let first = rows.first, let last = rows.last else { return [] }
    let secrets = try secrets(from: try first.value("id"), through: try last.value("id"))
    return try rows.map { row throws(StoreError) in
      try Client(row: row, secrets: secrets[try row.value("id"), default: []])
    }
  }

  package func version(of id: ClientID) throws(StoreError) -> Int? {
    try row("SELECT version FROM clients WHERE id = \(id.rawValue)")?.value("version")
  }

  package func namesakes(of client: Client) throws(StoreError) -> [String] {
    try rows(
      "SELECT name FROM clients WHERE name_key = \(Name.key(of: client.name)) AND id <> \(client.id.rawValue)"
    ).map { row throws(StoreError) in try row.value("name") }
  }

  package func clients(
    withAnyOf scopes: [Scope],
    after id: ClientID?,
    limit: Int
  ) throws(StoreError) -> [Client] {
    // One value, however many there are.
    let asked = try describing { try JSONEncoder().encode(scopes.map { " \($0) " }) }
    return try clients(
      """
      SELECT * FROM clients WHERE id > \(id?.rawValue ?? "") AND EXISTS (
        SELECT 1 FROM json_each(\(String(decoding: asked, as: UTF8.self))) AS asked
        WHERE instr(' ' || clients.scopes || ' ', asked.value) > 0
      ) ORDER BY id LIMIT \(limit)
      """
    )
  }

  package func insert(_ client: Client) throws(StoreError) {
    let columns = try client.columns()
    try describing {
      try execute(
        sql: """
          INSERT INTO clients (
            id, name, name_key, grant_types, scopes, default_scopes, token_format, claims, authentication_method,
            introspected_resources, allowed_addresses, token_lifetime, enabled, tokens_not_before, version,
            created_at, updated_at, owner, contact, labels, quota, quota_burst, quota_log_only,
            key_metadata
          ) VALUES (
            :id, :name, :name_key, :grant_types, :scopes, :default_scopes, :token_format, :claims,
            :authentication_method, :introspected_resources, :allowed_addresses, :token_lifetime, :enabled,
            :tokens_not_before, :version, :created_at, :updated_at, :owner, :contact, :labels, :quota,
            :quota_burst, :quota_log_only, :key_metadata
          )
          """,
        arguments: columns
      )
    }
    try insertSecrets(of: client)
  }

  package func update(_ client: Client) throws(StoreError) {
    let columns = try client.columns()
    try describing {
      try execute(
        sql: """
          UPDATE clients SET
            name = :name, name_key = :name_key, grant_types = :grant_types, scopes = :scopes,
            default_scopes = :default_scopes, token_format = :token_format, claims = :claims,
            authentication_method = :authentication_method,
            introspected_resources = :introspected_resources, allowed_addresses = :allowed_addresses,
            token_lifetime = :token_lifetime,
            enabled = :enabled, tokens_not_before = :tokens_not_before, version = :version,
            created_at = :created_at, updated_at = :updated_at, owner = :owner, contact = :contact,
            labels = :labels, quota = :quota, quota_burst = :quota_burst, quota_log_only = :quota_log_only,
            key_metadata = :key_metadata
          WHERE id = :id
          """,
        arguments: columns
      )
    }
    try run("DELETE FROM client_secrets WHERE client_id = \(client.id.rawValue)")
    try insertSecrets(of: client)
    try deleteUsesOfGoneSecrets(of: client)
  }

  package func updateTokensNotBefore(of client: Client) throws(StoreError) {
    try run(
      """
      UPDATE clients SET
        tokens_not_before = \(client.tokensNotBefore?.milliseconds), version = \(client.version),
        updated_at = \(client.updatedAt.milliseconds)
      WHERE id = \(client.id.rawValue)
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
          \(Data(secret.hash.digest.bytes)), \(secret.createdAt.milliseconds), \(secret.expiresAt?.milliseconds),
          \(secret.prefix)
        )
        """
      )
    }
  }

  /// The secrets of the clients in a range of identifiers, by client and each client's in their order.
  private func secrets(from first: String, through last: String) throws(StoreError) -> [String:
    [StoredSecret]]
  {
    let rows = try rows(
      """
      SELECT * FROM client_secrets WHERE client_id BETWEEN \(first) AND \(last)
      ORDER BY client_id, position
      """
    )
    var secrets: [String: [StoredSecret]] = [:]
    for row in rows { secrets[try row.value("client_id"), default: []].append(try StoredSecret(row: row)) }
    return secrets
  }
}

extension Client {
  /// The client of a row of `clients` with these secrets.
  fileprivate init(row: Row, secrets: [StoredSecret]) throws(StoreError) {
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

  /// The values of the row of `clients`, by column.
  fileprivate func columns() throws(StoreError) -> StatementArguments {
    [
      "id": id.rawValue,
      "name": name,
      "name_key": Name.key(of: name),
      "grant_types": grantTypes.map(\.name).joined(separator: " "),
      "scopes": scopes.joined(by: " "),
      "default_scopes": defaultScopes.joined(by: " "),
      "token_format": tokenFormat.rawValue,
      "claims": try claims.jsonText(),
      "authentication_method": authenticationMethod?.rawValue,
      "introspected_resources": introspectedResources.map(\.uri).joined(separator: " "),
      "allowed_addresses": allowedAddresses.map(\.description).joined(separator: " "),
      "token_lifetime": tokenLifetime,
      "enabled": isEnabled,
      "tokens_not_before": tokensNotBefore?.milliseconds,
      "version": version,
      "created_at": createdAt.milliseconds,
      "updated_at": updatedAt.milliseconds,
      "owner": owner,
      "contact": contact,
      "labels": try labels.jsonText(),
      "quota": quota?.perMinute,
      "quota_burst": quota?.burst,
      "quota_log_only": quota?.isLogOnly ?? false,
      "key_metadata": keyMetadata.storedText,
    ]
  }
}

extension Quota {
  /// That of a row of `clients`; nil when it has none.
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
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      name: try row.value("name"),
      hash: try SecretHash(row: row),
      createdAt: try row.time("created_at"),
      expiresAt: try row.optionalTime("expires_at"),
      prefix: try row.optionalValue("prefix")
    )
  }
}

extension SecretHash {
  fileprivate init(row: Row) throws(StoreError) {
    let kind: String = try row.value("hash_kind")
    guard let digest = SecretDigest(bytes: try row.bytes("digest")) else {
      throw .unreadable("the digest of a secret")
    }
    switch kind {
    case "keyed": self = .keyed(digest)
    case "stretched": self = .stretched(salt: try row.bytes("salt"), digest)
    case "wrapped": self = .wrapped(try row.bytes("salt"), digest)
    case "foreign":
      guard let hashing = ForeignHashing(text: String(decoding: try row.bytes("salt"), as: UTF8.self)) else {
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

  fileprivate var salt: Data? {
    switch self {
    case .keyed: nil
    case .stretched(let salt, _): Data(salt)
    case .foreign(let hashing, _): Data(hashing.text.utf8)
    case .wrapped(let box, _): Data(box)
    }
  }
}
