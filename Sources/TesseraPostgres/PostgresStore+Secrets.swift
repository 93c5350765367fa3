package import TesseraCore
package import TesseraJOSE

extension PostgresStore {
  package func nextSecretExpiry(after time: Timestamp) async throws(StoreError) -> Timestamp? {
    try await read { connection throws(StoreError) in
      try connection.run(
        "SELECT min(expires_at) AS expires_at FROM client_secrets WHERE expires_at > \(time.milliseconds)"
      )[0].optionalTime("expires_at")
    }
  }

  package func nextKeyExpiry(after time: Timestamp) async throws(StoreError) -> Timestamp? {
    try await read { connection throws(StoreError) in
      try connection.run(
        """
        WITH times AS (
          SELECT (extract(epoch FROM (key ->> 'expires_at')::timestamptz) * 1000)::bigint AS expires_at
          FROM clients c, json_array_elements(c.key_metadata::json -> 'keys') AS key
          WHERE c.key_metadata LIKE '%"expires_at"%'
        )
        SELECT min(expires_at) AS expires_at FROM times WHERE expires_at > \(time.milliseconds)
        """
      )[0].optionalTime("expires_at")
    }
  }

  package func expiringCredentials(
    after place: ExpiringCredential.Place,
    through time: Timestamp,
    limit: Int
  ) async throws(StoreError) -> [ExpiringCredential] {
    try await read { connection throws(StoreError) in
      try connection.run(
        """
        WITH expiring AS (
          SELECT 'secret' AS kind, s.client_id, c.name AS client_name, s.name, s.created_at, s.expires_at
          FROM client_secrets s JOIN clients c ON c.id = s.client_id
          UNION ALL
          SELECT CASE WHEN key -> 'jwk' IS NULL THEN 'certificate' ELSE 'key' END, c.id, c.name,
            (key ->> 'name') COLLATE "C",
            (extract(epoch FROM (key ->> 'created_at')::timestamptz) * 1000)::bigint,
            (extract(epoch FROM (key ->> 'expires_at')::timestamptz) * 1000)::bigint
          FROM clients c, json_array_elements(c.key_metadata::json -> 'keys') AS key
          WHERE c.key_metadata LIKE '%"expires_at"%'
        )
        SELECT * FROM expiring
        WHERE expires_at IS NOT NULL AND expires_at <= \(time.milliseconds)
          AND (expires_at, client_id, name) > (\(place.milliseconds), \(place.clientID), \(place.secret))
        ORDER BY expires_at, client_id, name LIMIT \(max(0, limit))
        """
      ).map { row throws(StoreError) in
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
