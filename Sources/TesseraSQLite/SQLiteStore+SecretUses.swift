import GRDB
package import TesseraCore
import TesseraJOSE

extension SQLiteStore {
  package func addSecretUses(_ uses: [SecretUse]) async throws(StoreError) {
    try await write(for: .housekeeping) { database throws(StoreError) in
      for use in uses {
        try database.run(
          """
          INSERT INTO secret_uses (client_id, secret, made_at, last_used_at, address, count)
          SELECT \(use.clientID.rawValue), \(use.secret), \(use.madeAt.milliseconds),
            \(use.lastUsedAt.milliseconds), \(use.address), \(use.count)
          WHERE EXISTS (
            SELECT 1 FROM client_secrets
            WHERE client_id = \(use.clientID.rawValue) AND name = \(use.secret)
              AND created_at = \(use.madeAt.milliseconds)
          ) OR EXISTS (
            SELECT 1 FROM clients, json_each(clients.key_metadata, '$.keys') AS key
            WHERE clients.id = \(use.clientID.rawValue) AND json_extract(key.value, '$.name') = \(use.secret)
              AND json_extract(key.value, '$.created_at') = \(use.madeAt.iso8601)
          ) OR EXISTS (
            SELECT 1 FROM clients, json_each(clients.key_metadata, '$.trusts') AS trust
            WHERE clients.id = \(use.clientID.rawValue) AND json_extract(trust.value, '$.name') = \(use.secret)
              AND json_extract(trust.value, '$.created_at') = \(use.madeAt.iso8601)
          )
          ON CONFLICT (client_id, secret) DO UPDATE SET
            address = iif(excluded.last_used_at > last_used_at, excluded.address, address),
            last_used_at = max(excluded.last_used_at, last_used_at), count = count + excluded.count
          """
        )
      }
    }
  }

  package func secretUses(of id: ClientID) async throws(StoreError) -> [SecretUse] {
    try await read { database in
      try database.rows("SELECT * FROM secret_uses WHERE client_id = \(id.rawValue) ORDER BY secret").map {
        row in
        SecretUse(
          clientID: id,
          secret: try row.value("secret"),
          madeAt: try row.time("made_at"),
          lastUsedAt: try row.time("last_used_at"),
          address: try row.optionalValue("address"),
          count: try row.value("count")
        )
      }
    }
  }
}

extension Database {
  /// Forgets how secrets and keys were used that a client has no more.
  func deleteUsesOfGoneSecrets(of client: Client) throws(StoreError) {
    let id = client.id.rawValue
    for row in try rows("SELECT secret, made_at FROM secret_uses WHERE client_id = \(id)") {
      let (name, madeAt): (String, Timestamp) = (try row.value("secret"), try row.time("made_at"))
      guard !client.hasCredential(named: name, madeAt: madeAt) else { continue }
      try run("DELETE FROM secret_uses WHERE client_id = \(id) AND secret = \(name)")
    }
  }
}
