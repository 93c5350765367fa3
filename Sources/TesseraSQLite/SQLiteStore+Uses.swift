import GRDB
package import TesseraCore
package import TesseraJOSE

extension SQLiteStore {
  package func noteUse(
    of ids: [ClientID],
    at time: Timestamp,
    unlessSince known: Timestamp
  ) async throws(StoreError) {
    try await write(for: .housekeeping) { database in
      let statement = try database.cachedStatement(
        sql: """
          INSERT INTO client_uses (client_id, last_used_at)
          SELECT id, ?2 FROM clients WHERE id = ?1
          ON CONFLICT (client_id) DO UPDATE SET last_used_at = excluded.last_used_at WHERE last_used_at < ?3
          """
      )
      for id in ids {
        try statement.execute(arguments: [id.rawValue, time.milliseconds, known.milliseconds])
      }
    }
  }

  package func clientsByUse(after place: UsedClient?, limit: Int) async throws(StoreError) -> [UsedClient] {
    try await read { database in
      let rows = try database.rows(
        """
        SELECT clients.*, last_used_at FROM (
          SELECT client_id, last_used_at FROM client_uses
          WHERE (last_used_at, client_id)
            < (\(place?.lastUsed.milliseconds ?? .max), \(place?.client.id.rawValue ?? ""))
          ORDER BY last_used_at DESC, client_id DESC LIMIT \(max(0, limit))
        ) JOIN clients ON id = client_id ORDER BY last_used_at DESC, client_id DESC
        """
      )
      return try rows.map { row in
        UsedClient(client: try database.client(in: row), lastUsed: try row.time("last_used_at"))
      }
    }
  }

  package func takeTurn(
    at task: String,
    every interval: Int64,
    as holder: String
  ) async throws(StoreError) -> Bool {
    try await write(for: .housekeeping) { database in
      try database.execute(
        literal: """
          INSERT INTO turns (task, holder, begun_at)
          VALUES (\(task), \(holder), CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
          ON CONFLICT (task) DO UPDATE SET holder = excluded.holder, begun_at = excluded.begun_at
          WHERE abs(excluded.begun_at - begun_at) >= \(interval)
          """
      )
      return database.changesCount > 0
    }
  }
}
