package import TesseraCore
package import TesseraJOSE

extension PostgresStore {
  package func addUsage(_ usage: [ClientUsage]) async throws(StoreError) {
    // One row can be met once by a statement.
    var known: [[String]: Int64] = [:]
    for usage in usage {
      for part in usage.counts.parts {
        let key = [
          String(usage.hour.number), usage.clientID?.rawValue ?? "", part.kind.rawValue, part.name,
        ]
        known[key, default: 0] += part.count
      }
    }
    // In one order, so that two nodes that add at once do not wait for each other.
    let rows = known.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    try await write(for: .housekeeping) { connection throws(StoreError) -> Void in
      try connection.run(
        """
        INSERT INTO client_usage (hour, client_id, kind, name, count)
        SELECT * FROM unnest(
          \(rows.map { $0.key[0] })::bigint[], \(rows.map { $0.key[1] })::text[],
          \(rows.map { $0.key[2] })::text[], \(rows.map { $0.key[3] })::text[],
          \(rows.map { String($0.value) })::bigint[]
        )
        ON CONFLICT (hour, client_id, kind, name) DO UPDATE SET count = client_usage.count + excluded.count
        """
      )
    }
  }

  package func usage(
    of id: ClientID?,
    in hours: Range<UsageHour>
  ) async throws(StoreError) -> [ClientUsage] {
    guard let last = hours.last else { return [] }
    return try await read { connection throws(StoreError) in
      let rows = try connection.run(
        """
        SELECT hour, kind, name, count
        FROM generate_series(\(hours.lowerBound.number)::bigint, \(last.number)::bigint) AS number
        JOIN client_usage ON hour = number WHERE client_id = \(id?.rawValue ?? "") ORDER BY hour
        """
      )
      var usage: [ClientUsage] = []
      for index in 0..<rows.count {
        let hour = UsageHour(number: try rows[index].value("hour"))
        if usage.last?.hour != hour {
          usage.append(ClientUsage(clientID: id, hour: hour, counts: UsageCounts()))
        }
        usage[usage.count - 1].counts.add(try UsageCount(row: rows[index]))
      }
      return usage
    }
  }

  package func usageTotals(
    of ids: [ClientID],
    in hours: Range<UsageHour>
  ) async throws(StoreError) -> [UsageTotal] {
    guard let last = hours.last else { return [] }
    return try await read { connection throws(StoreError) in
      let rows = try connection.run(
        """
        SELECT client_id, kind, name, sum(count)::bigint AS count, count(*) AS hours
        FROM generate_series(\(hours.lowerBound.number)::bigint, \(last.number)::bigint) AS number
        JOIN client_usage ON hour = number WHERE client_id = ANY (\(ids.map(\.rawValue)))
        GROUP BY client_id, kind, name ORDER BY client_id
        """
      )
      var totals: [UsageTotal] = []
      for index in 0..<rows.count {
        let id = try rows[index].parsed("client_id") { ClientID($0) }
        if totals.last?.clientID != id {
          totals.append(UsageTotal(clientID: id, counts: UsageCounts(), activeHours: 0))
        }
        let part = try UsageCount(row: rows[index])
        totals[totals.count - 1].counts.add(part)
        if part.kind == .issued { totals[totals.count - 1].activeHours = try rows[index].value("hours") }
      }
      return totals
    }
  }

  package func firstUsage() async throws(StoreError) -> UsageHour? {
    try await read { connection throws(StoreError) in
      let first: Int64? = try connection.row("SELECT min(hour) AS hour FROM client_usage")?
        .optionalValue("hour")
      return first.map(UsageHour.init(number:))
    }
  }

  @discardableResult
  package func removeUsage(before hour: UsageHour, limit: Int) async throws(StoreError) -> Int {
    try await write(for: .housekeeping) { connection throws(StoreError) in
      try connection.run(
        """
        DELETE FROM client_usage WHERE (hour, client_id, kind, name) IN (
          SELECT hour, client_id, kind, name FROM client_usage WHERE hour < \(hour.number)
          ORDER BY hour LIMIT \(max(0, limit))
        )
        """
      ).affected
    }
  }

  package func lastUses(of ids: [ClientID]) async throws(StoreError) -> [ClientID: Timestamp] {
    try await read { connection throws(StoreError) in
      let rows = try connection.run(
        "SELECT client_id, last_used_at FROM client_uses WHERE client_id = ANY (\(ids.map(\.rawValue)))"
      )
      var uses: [ClientID: Timestamp] = [:]
      for index in 0..<rows.count {
        uses[try rows[index].parsed("client_id") { ClientID($0) }] = try rows[index].time("last_used_at")
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
