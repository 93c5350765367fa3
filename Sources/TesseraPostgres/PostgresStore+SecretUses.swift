package import TesseraCore
import TesseraJOSE

extension PostgresStore {
  package func addSecretUses(_ uses: [SecretUse]) async throws(StoreError) {
    // One row can be met once by a statement.
    var known: [[String]: SecretUse] = [:]
    for use in uses {
      let key = [use.clientID.rawValue, use.secret, String(use.madeAt.milliseconds)]
      known[key] = known[key]?.adding(use) ?? use
    }
    let uses = Array(known.values)
    try await write(for: .housekeeping) { connection throws(StoreError) -> Void in
      try connection.run(
        """
        INSERT INTO secret_uses (client_id, secret, made_at, last_used_at, address, count)
        SELECT u.client_id, u.secret, u.made_at, u.last_used_at, u.address, u.count FROM unnest(
          \(uses.map(\.clientID.rawValue))::text[], \(uses.map(\.secret))::text[],
          \(uses.map { String($0.madeAt.milliseconds) })::bigint[], \(uses.map(\.madeAt.iso8601))::text[],
          \(uses.map { String($0.lastUsedAt.milliseconds) })::bigint[], \(uses.map(\.address))::text[],
          \(uses.map { String($0.count) })::bigint[]
        ) AS u (client_id, secret, made_at, registered_at, last_used_at, address, count)
        WHERE EXISTS (
          SELECT 1 FROM client_secrets s
          WHERE s.client_id = u.client_id AND s.name = u.secret AND s.created_at = u.made_at
        ) OR EXISTS (
          SELECT 1 FROM clients c, json_array_elements(coalesce(c.key_metadata::json -> 'keys', '[]')) AS key
          WHERE c.id = u.client_id AND key ->> 'name' = u.secret AND key ->> 'created_at' = u.registered_at
        ) OR EXISTS (
          SELECT 1 FROM clients c, json_array_elements(coalesce(c.key_metadata::json -> 'trusts', '[]')) AS trust
          WHERE c.id = u.client_id AND trust ->> 'name' = u.secret AND trust ->> 'created_at' = u.registered_at
        )
        ON CONFLICT (client_id, secret) DO UPDATE SET
          address = CASE WHEN excluded.last_used_at > secret_uses.last_used_at
            THEN excluded.address ELSE secret_uses.address END,
          last_used_at = greatest(excluded.last_used_at, secret_uses.last_used_at),
          count = secret_uses.count + excluded.count
        """
      )
    }
  }

  package func secretUses(of id: ClientID) async throws(StoreError) -> [SecretUse] {
    try await read { connection throws(StoreError) in
      try connection.run(
        """
        SELECT secret, made_at, last_used_at, address, count FROM secret_uses
        WHERE client_id = \(id.rawValue) ORDER BY secret
        """
      ).map { row throws(StoreError) in
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
