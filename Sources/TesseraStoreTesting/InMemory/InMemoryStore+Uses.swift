package import TesseraCore
package import TesseraJOSE
import TesseraSupport

extension InMemoryStore {
  package func noteUse(
    of ids: [ClientID],
    at time: Timestamp,
    unlessSince known: Timestamp
  ) async throws(StoreError) {
    try write { data in
      for id in ids where data.clients[id] != nil {
        if let last = data.uses[id], last >= known { continue }
        data.uses[id] = time
      }
    }
  }

  package func clientsByUse(after place: UsedClient?, limit: Int) async throws(StoreError) -> [UsedClient] {
    try read { data in
      data.uses.compactMap { id, time in
        data.clients[id].map { UsedClient(client: $0, lastUsed: time) }
      }
      .filter { used in
        place.map { (used.lastUsed, used.client.id) < ($0.lastUsed, $0.client.id) } ?? true
      }
      .sorted { ($0.lastUsed, $0.client.id) > ($1.lastUsed, $1.client.id) }
      .first(limit)
    }
  }

  package func takeTurn(
    at task: String,
    every interval: Int64,
    as holder: String
  ) async throws(StoreError) -> Bool {
    try write { data in
      let now = WallClock.system.now
      if let last = data.turns[task], abs(now.milliseconds - last.milliseconds) < interval { return false }
      data.turns[task] = now
      return true
    }
  }
}
