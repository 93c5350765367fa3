package import TesseraCore
package import TesseraJOSE

extension PostgresStore {
  package func noteUse(
    of ids: [ClientID],
    at time: Timestamp,
    unlessSince known: Timestamp
  ) async throws(StoreError) {
    try await write(for: .housekeeping) { connection throws(StoreError) -> Void in
      try connection.run(
        """
        INSERT INTO client_uses (client_id, last_used_at)
        SELECT id, \(time.milliseconds) FROM clients WHERE id = ANY (\(ids.map(\.rawValue)))
        ON CONFLICT (client_id) DO UPDATE SET last_used_at = excluded.last_used_at
        WHERE client_uses.last_used_at < \(known.milliseconds)
        """
      )
    }
  }

  package func clientsByUse(after place: UsedClient?, limit: Int) async throws(StoreError) -> [UsedClient] {
    try await read { connection throws(StoreError) in
      let page: Statement = """
        , u.last_used_at FROM (
          SELECT client_id, last_used_at FROM client_uses
          WHERE (last_used_at, client_id)
            < (\(place?.lastUsed.milliseconds ?? .max), \(place?.client.id.rawValue ?? ""))
          ORDER BY last_used_at DESC, client_id DESC LIMIT \(max(0, limit))
        ) u JOIN clients c ON c.id = u.client_id
        """
      let order: Statement = "ORDER BY u.last_used_at DESC, u.client_id DESC, s.position"
      let rows = try connection.run(.columns + page + .secrets + order)
      var times: [String: Timestamp] = [:]
      for index in 0..<rows.count {
        times[try rows[index].value("id")] = try rows[index].time("last_used_at")
      }
      return try Connection.clients(of: rows).map { client throws(StoreError) in
        guard let time = times[client.id.rawValue] else { throw .unreadable("when a client was used") }
        return UsedClient(client: client, lastUsed: time)
      }
    }
  }

  package func takeTurn(
    at task: String,
    every interval: Int64,
    as holder: String
  ) async throws(StoreError) -> Bool {
    try await write(for: .housekeeping) { connection throws(StoreError) in
      // Not the time when the transaction began, which was before those that it has waited for.
      try connection.run(
        """
        INSERT INTO turns (task, holder, begun_at)
        VALUES (\(task), \(holder), (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
        ON CONFLICT (task) DO UPDATE SET holder = excluded.holder, begun_at = excluded.begun_at
        WHERE abs(excluded.begun_at - turns.begun_at) >= \(interval)
        """
      ).affected > 0
    }
  }
}
