package import TesseraCore
package import TesseraJOSE

extension InMemoryStore {
  package func addUsage(_ usage: [ClientUsage]) async throws(StoreError) {
    try write { data in
      for usage in usage where !usage.counts.isEmpty {
        data.usage[usage.hour, default: [:]][usage.clientID, default: UsageCounts()].add(usage.counts)
      }
    }
  }

  package func usage(
    of id: ClientID?,
    in hours: Range<UsageHour>
  ) async throws(StoreError) -> [ClientUsage] {
    try read { data in
      data.usage.filter { hours.contains($0.key) }.sorted { $0.key < $1.key }.compactMap { hour, counts in
        counts[id].map { ClientUsage(clientID: id, hour: hour, counts: $0) }
      }
    }
  }

  package func usageTotals(
    of ids: [ClientID],
    in hours: Range<UsageHour>
  ) async throws(StoreError) -> [UsageTotal] {
    try read { data in
      ids.sorted().compactMap { id in
        let counts = data.usage.filter { hours.contains($0.key) }.compactMap { $0.value[id] }
        var total = UsageTotal(clientID: id, counts: UsageCounts(), activeHours: 0)
        for counts in counts { total.counts.add(counts) }
        total.activeHours = counts.count { $0.issued > 0 }
        return counts.isEmpty ? nil : total
      }
    }
  }

  package func firstUsage() async throws(StoreError) -> UsageHour? { try read { $0.usage.keys.min() } }

  @discardableResult
  package func removeUsage(before hour: UsageHour, limit: Int) async throws(StoreError) -> Int {
    try write { data in
      var removed = 0
      for hour in data.usage.keys.filter({ $0 < hour }).sorted() {
        for (id, counts) in data.usage[hour, default: [:]] {
          for part in counts.parts where removed < limit {
            data.usage[hour]?[id]?.remove(part)
            removed += 1
          }
          if data.usage[hour]?[id]?.isEmpty ?? false { data.usage[hour]?[id] = nil }
        }
        if data.usage[hour]?.isEmpty ?? false { data.usage[hour] = nil }
      }
      return removed
    }
  }

  package func lastUses(of ids: [ClientID]) async throws(StoreError) -> [ClientID: Timestamp] {
    try read { data in data.uses.filter { ids.contains($0.key) } }
  }
}

extension UsageCounts {
  fileprivate mutating func remove(_ part: UsageCount) {
    switch part.kind {
    case .issued: issued = 0
    case .denied: denied[part.name] = nil
    case .scope: scopes[part.name] = nil
    }
  }
}
