import Foundation
import GRDB
package import TesseraCore
import TesseraJOSE

extension SQLiteStore {
  package func client(_ id: ClientID) async throws(StoreError) -> Client? {
    try await read { try $0.client(id) }
  }

  package func clients(named name: String) async throws(StoreError) -> [Client] {
    try await read { database in
      try database.rows("SELECT * FROM clients WHERE name_key = \(Name.key(of: name)) ORDER BY id")
        .map(database.client(in:))
    }
  }

  package func clients(after id: ClientID?, limit: Int) async throws(StoreError) -> [Client] {
    try await read { database in
      // Every identifier comes after the empty text. A negative LIMIT would mean none.
      let rows = try database.rows(
        "SELECT * FROM clients WHERE id > \(id?.rawValue ?? "") ORDER BY id LIMIT \(max(0, limit))"
      )
      guard let first = rows.first, let last = rows.last else { return [] }
      let secrets = try database.secrets(from: try first.value("id"), through: try last.value("id"))
      return try rows.map { row in
        try Client(row: row, secrets: secrets[try row.value("id"), default: []])
      }
    }
  }

  package func insertClient(_ client: Client, audit: AuditEvent) async throws(StoreError) {
    try await write { database in
      let mutation = try Mutation.inserting(
        client,
        isTaken: try database.version(of: client.id) != nil,
        namesakes: try database.namesakes(of: client),
        after: try database.clientNotBefores(of: [client.id]).first,
        audit: audit
      )
      try database.write(mutation)
    }
  }

  @discardableResult
  package func updateClient(
    _ id: ClientID,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(StoreError) -> Void
  ) async throws(StoreError) -> Client {
    try await write { database in
      guard let earlier = try database.client(id) else { throw StoreError.noClient(id) }
      var client = earlier
      try change(&client)
      let namesakes = try database.namesakes(of: client)
      try database.write(try .updating(earlier, to: client, namesakes: namesakes, audit: audit))
      return client
    }
  }

  package func deleteClient(
    _ id: ClientID,
    ifVersion version: Int?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write { database in
      let found = try database.version(of: id)
      let mutation = try Mutation.deleting(id, found: found, ifVersion: version, audit: audit)
      try database.write(mutation)
    }
  }
}

extension Database {
  /// The client with this identifier; nil when there is none.
  func client(_ id: ClientID) throws -> Client? {
    try row("SELECT * FROM clients WHERE id = \(id.rawValue)").map(client(in:))
  }

  /// The client of a row of `clients`, with its secrets.
  func client(in row: Row) throws -> Client {
    let id: String = try row.value("id")
    return try Client(row: row, secrets: try secrets(from: id, through: id)[id, default: []])
  }

  /// The version of the client with this identifier, be it one that cannot be read; nil when there is none.
  fileprivate func version(of id: ClientID) throws -> Int? {
    try row("SELECT version FROM clients WHERE id = \(id.rawValue)").map { row in try row.value("version") }
  }

  /// The names of other clients that have the key of this one's.
  fileprivate func namesakes(of client: Client) throws -> [String] {
    try rows(
      "SELECT name FROM clients WHERE name_key = \(Name.key(of: client.name)) AND id <> \(client.id.rawValue)"
    ).map { row in try row.value("name") }
  }

  /// Takes back the tokens of every client that may ask for one of these scopes.
  ///
  /// One at a time: there may be a million of them.
  func revokeTokens(ofClientsWith scopes: [Scope], because audit: AuditEvent) throws {
    var clients = Set<ClientID>()
    for scope in scopes {
      let rows = try rows("SELECT id FROM clients WHERE instr(' ' || scopes || ' ', \(" \(scope) ")) > 0")
      for row in rows { clients.insert(try row.parsed("id", by: ClientID.init)) }
    }
    for id in clients.sorted() {
      guard let client = try client(id) else { continue }
      try write(.revokingTokens(of: client, because: audit))
    }
  }

  func insert(_ client: Client) throws {
    try execute(
      sql: """
        INSERT INTO clients (
          id, name, name_key, grant_types, scopes, default_scopes, token_format, claims, authentication_method,
          introspected_resources, token_lifetime, enabled, tokens_not_before, version, created_at, updated_at
        ) VALUES (
          :id, :name, :name_key, :grant_types, :scopes, :default_scopes, :token_format, :claims,
          :authentication_method, :introspected_resources, :token_lifetime, :enabled, :tokens_not_before,
          :version, :created_at, :updated_at
        )
        """,
      arguments: try client.columns()
    )
    try insertSecrets(of: client)
  }

  func update(_ client: Client) throws {
    try execute(
      sql: """
        UPDATE clients SET
          name = :name, name_key = :name_key, grant_types = :grant_types, scopes = :scopes,
          default_scopes = :default_scopes, token_format = :token_format, claims = :claims,
          authentication_method = :authentication_method,
          introspected_resources = :introspected_resources, token_lifetime = :token_lifetime,
          enabled = :enabled, tokens_not_before = :tokens_not_before, version = :version,
          created_at = :created_at, updated_at = :updated_at
        WHERE id = :id
        """,
      arguments: try client.columns()
    )
    try execute(literal: "DELETE FROM client_secrets WHERE client_id = \(client.id.rawValue)")
    try insertSecrets(of: client)
  }

  private func insertSecrets(of client: Client) throws {
    for (position, secret) in client.secrets.enumerated() {
      try execute(
        literal: """
          INSERT INTO client_secrets (
            client_id, position, name, hash_kind, salt, digest, created_at, expires_at
          ) VALUES (
            \(client.id.rawValue), \(position), \(secret.name), \(secret.hash.kind), \(secret.hash.salt),
            \(secret.hash.digest), \(secret.createdAt.milliseconds), \(secret.expiresAt?.milliseconds)
          )
          """
      )
    }
  }

  /// The secrets of the clients in a range of identifiers, by client and each client's in their order.
  fileprivate func secrets(from first: String, through last: String) throws -> [String: [StoredSecret]] {
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
      tokenLifetime: try row.optionalValue("token_lifetime"),
      secrets: secrets,
      isEnabled: try row.value("enabled"),
      tokensNotBefore: try row.optionalTime("tokens_not_before"),
      version: try row.value("version"),
      createdAt: try row.time("created_at"),
      updatedAt: try row.time("updated_at")
    )
  }

  /// The values of the row of `clients`, by column.
  fileprivate func columns() throws -> StatementArguments {
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
      "token_lifetime": tokenLifetime,
      "enabled": isEnabled,
      "tokens_not_before": tokensNotBefore?.milliseconds,
      "version": version,
      "created_at": createdAt.milliseconds,
      "updated_at": updatedAt.milliseconds,
    ]
  }
}

extension StoredSecret {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      name: try row.value("name"),
      hash: try SecretHash(row: row),
      createdAt: try row.time("created_at"),
      expiresAt: try row.optionalTime("expires_at")
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
    default: throw .unreadable("a kind of secret")
    }
  }

  fileprivate var kind: String {
    switch self {
    case .keyed: "keyed"
    case .stretched: "stretched"
    }
  }

  fileprivate var salt: Data? {
    switch self {
    case .keyed: nil
    case .stretched(let salt, _): Data(salt)
    }
  }

  fileprivate var digest: Data {
    switch self {
    case .keyed(let digest), .stretched(_, let digest): Data(digest.bytes)
    }
  }
}
