import GRDB
package import TesseraCore
package import TesseraJOSE

extension SQLiteStore {
  package func nextSecretExpiry(after time: Timestamp) async throws(StoreError) -> Timestamp? {
    try await read { database in
      try database.row(
        "SELECT min(expires_at) AS expires_at FROM client_secrets WHERE expires_at > \(time.milliseconds)"
      )?.optionalTime("expires_at")
    }
  }

  package func nextKeyExpiry(after time: Timestamp) async throws(StoreError) -> Timestamp? {
    try await read { database in
      try database.row(
        """
        WITH expiring AS (
          SELECT json_extract(key.value, '$.expires_at') AS text
          FROM clients c, json_each(c.key_metadata, '$.keys') AS key
          WHERE c.key_metadata LIKE '%"expires_at"%'
        ), times AS (
          SELECT strftime('%s', text) * 1000 + substr(text, 21, 3) AS expires_at FROM expiring
        )
        SELECT min(expires_at) AS expires_at FROM times WHERE expires_at > \(time.milliseconds)
        """
      )?.optionalTime("expires_at")
    }
  }

  package func expiringCredentials(
    after place: ExpiringCredential.Place,
    through time: Timestamp,
    limit: Int
  ) async throws(StoreError) -> [ExpiringCredential] {
    try await read { database in
      try database.rows(
        """
        WITH keys AS (
          SELECT iif(json_extract(key.value, '$.jwk') IS NULL, 'certificate', 'key') AS kind, c.id AS client_id,
            c.name AS client_name, json_extract(key.value, '$.name') AS name,
            json_extract(key.value, '$.created_at') AS created, json_extract(key.value, '$.expires_at') AS expires
          FROM clients c, json_each(c.key_metadata, '$.keys') AS key
          WHERE c.key_metadata LIKE '%"expires_at"%'
        ), expiring AS (
          SELECT 'secret' AS kind, s.client_id, c.name AS client_name, s.name, s.created_at, s.expires_at
          FROM client_secrets s JOIN clients c ON c.id = s.client_id
          UNION ALL
          SELECT kind, client_id, client_name, name, strftime('%s', created) * 1000 + substr(created, 21, 3),
            strftime('%s', expires) * 1000 + substr(expires, 21, 3)
          FROM keys
        )
        SELECT * FROM expiring
        WHERE expires_at IS NOT NULL AND expires_at <= \(time.milliseconds)
          AND (expires_at, client_id, name) > (\(place.milliseconds), \(place.clientID), \(place.secret))
        ORDER BY expires_at, client_id, name LIMIT \(max(0, limit))
        """
      ).map { row in
        ExpiringCredential(
          try row.parsed("kind", by: ExpiringCredential.Kind.init),
          clientID: try row.parsed("client_id", by: ClientID.init),
          clientName: try row.value("client_name"),
          name: try row.value("name"),
          createdAt: try row.time("created_at"),
          expiresAt: try row.time("expires_at")
        )
      }
    }
  }
}
