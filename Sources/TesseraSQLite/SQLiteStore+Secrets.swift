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

  package func expiringSecrets(
    after place: ExpiringSecret.Place,
    through time: Timestamp,
    limit: Int
  ) async throws(StoreError) -> [ExpiringSecret] {
    try await read { database in
      try database.rows(
        """
        SELECT s.client_id, c.name AS client_name, s.name, s.created_at, s.expires_at
        FROM client_secrets s JOIN clients c ON c.id = s.client_id
        WHERE s.expires_at IS NOT NULL AND s.expires_at <= \(time.milliseconds)
          AND (s.expires_at, s.client_id, s.name) > (\(place.milliseconds), \(place.clientID), \(place.secret))
        ORDER BY s.expires_at, s.client_id, s.name LIMIT \(max(0, limit))
        """
      ).map { row in
        ExpiringSecret(
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
