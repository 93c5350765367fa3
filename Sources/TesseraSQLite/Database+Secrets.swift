import Foundation
import GRDB
import TesseraCore
import TesseraJOSE

extension Database {
  /// The secrets of the clients in a range of identifiers, by client and each client's in their order.
  func secrets(from first: String, through last: String) throws -> [String: [StoredSecret]] {
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

  /// Adds all secrets of a client.
  ///
  /// Throws `conflict` when two have the same name.
  func insertSecrets(of client: Client) throws {
    for (position, secret) in client.secrets.enumerated() {
      do {
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
      } catch DatabaseError.SQLITE_CONSTRAINT_UNIQUE {
        throw StoreError.conflict("Client \(client.id) has a secret named \"\(secret.name)\" already")
      }
    }
  }

  /// Puts the secrets that the client has now in the place of those it had.
  func replaceSecrets(of client: Client) throws {
    try execute(literal: "DELETE FROM client_secrets WHERE client_id = \(client.id.rawValue)")
    try insertSecrets(of: client)
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
