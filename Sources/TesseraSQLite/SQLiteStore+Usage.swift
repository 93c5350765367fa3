import GRDB
package import TesseraCore
package import TesseraJOSE

extension SQLiteStore {
  package func addUsage(_ usage: [ClientUsage]) async throws(StoreError) {
    try await write(for: .housekeeping) { database throws(StoreError) in
      for usage in usage {
        for part in usage.counts.parts {
          try database.run(
            """
            INSERT INTO client_usage (hour, client_id, kind, name, count)
            VALUES (\(usage.hour.number), \(usage.clientID?.rawValue ?? ""), \(part.kind.rawValue), \(part.name),
              \(part.count))
            ON CONFLICT (hour, client_id, kind, name) DO UPDATE SET count = count + excluded.count
            """
          )
        }
      }
    }
  }

  package func usage(
    of id: ClientID?,
    in hours: Range<UsageHour>
  ) async throws(StoreError) -> [ClientUsage] {
    guard !hours.isEmpty else { return [] }
    return try await read { database in
      // One look for each hour: the rows of others are not read.
      let rows = try database.rows(
        """
        WITH RECURSIVE hours (number) AS (
          VALUES (\(hours.lowerBound.number))
          UNION ALL SELECT number + 1 FROM hours WHERE number + 1 < \(hours.upperBound.number)
        )
        SELECT hour, kind, name, count FROM hours CROSS JOIN client_usage
        ON hour = number AND client_id = \(id?.rawValue ?? "") ORDER BY hour
        """
      )
      var usage: [ClientUsage] = []
      for row in rows {
        let hour = UsageHour(number: try row.value("hour"))
        if usage.last?.hour != hour {
          usage.append(ClientUsage(clientID: id, hour: hour, counts: UsageCounts()))
        }
        usage[usage.count - 1].counts.add(try UsageCount(row: row))
      }
      return usage
    }
  }

  package func usageTotals(
    of ids: [ClientID],
    in hours: Range<UsageHour>
  ) async throws(StoreError) -> [UsageTotal] {
    guard !hours.isEmpty else { return [] }
    return try await read { database in
      try ids.sorted().compactMap { id in
        let rows = try database.rows(
          """
          WITH RECURSIVE hours (number) AS (
            VALUES (\(hours.lowerBound.number))
            UNION ALL SELECT number + 1 FROM hours WHERE number + 1 < \(hours.upperBound.number)
          )
          SELECT kind, name, sum(count) AS count, count(*) AS hours FROM hours CROSS JOIN client_usage
          ON hour = number AND client_id = \(id.rawValue) GROUP BY kind, name
          """
        )
        var total = UsageTotal(clientID: id, counts: UsageCounts(), activeHours: 0)
        for row in rows {
          let part = try UsageCount(row: row)
          total.counts.add(part)
          if part.kind == .issued { total.activeHours = try row.value("hours") }
        }
        return rows.isEmpty ? nil : total
      }
    }
  }

  package func firstUsage() async throws(StoreError) -> UsageHour? {
    try await read { database in
      let first: Int64? = try database.row("SELECT min(hour) AS hour FROM client_usage")?.optionalValue(
        "hour"
      )
      return first.map(UsageHour.init(number:))
    }
  }

  @discardableResult
  package func removeUsage(before hour: UsageHour, limit: Int) async throws(StoreError) -> Int {
    guard limit > 0 else { return 0 }
    return try await write(for: .housekeeping) { database throws(StoreError) in
      let last = try database.row(
        """
        SELECT hour, client_id, kind, name FROM client_usage WHERE hour < \(hour.number)
        ORDER BY hour, client_id, kind, name LIMIT 1 OFFSET \(limit - 1)
        """
      )
      guard let last else {
        try database.run("DELETE FROM client_usage WHERE hour < \(hour.number)")
        return database.changesCount
      }
      // Up to a place, not by a list of keys, for each of which SQLite would look at its whole hour.
      let (number, id): (Int64, String) = (try last.value("hour"), try last.value("client_id"))
      let (kind, name): (String, String) = (try last.value("kind"), try last.value("name"))
      try database.run(
        """
        DELETE FROM client_usage
        WHERE (hour, client_id, kind, name) <= (\(number), \(id), \(kind), \(name))
        """
      )
      return database.changesCount
    }
  }

  package func lastUses(of ids: [ClientID]) async throws(StoreError) -> [ClientID: Timestamp] {
    try await read { database in
      var uses: [ClientID: Timestamp] = [:]
      for id in ids {
        uses[id] = try database.row(
          "SELECT last_used_at FROM client_uses WHERE client_id = \(id.rawValue)",
          cached: true
        )?.time("last_used_at")
      }
      return uses
    }
  }
}

extension UsageCount {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      kind: try row.parsed("kind", by: Kind.init(rawValue:)),
      name: try row.value("name"),
      count: try row.value("count")
    )
  }
}
