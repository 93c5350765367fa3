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

  package func addSecretUses(_ uses: [SecretUse]) async throws(StoreError) {
    try write { data in
      for use in uses {
        guard data.clients[use.clientID]?.hasCredential(named: use.secret, madeAt: use.madeAt) ?? false else {
          continue
        }
        let known = data.secretUses[use.clientID]?[use.secret]
        data.secretUses[use.clientID, default: [:]][use.secret] = known?.adding(use) ?? use
      }
    }
  }

  package func secretUses(of id: ClientID) async throws(StoreError) -> [SecretUse] {
    try read { $0.secretUses[id, default: [:]].values.sorted { $0.secret < $1.secret } }
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

  package func taskRecord(of task: String) async throws(StoreError) -> TaskRecord? {
    try read { $0.taskRecords[task] }
  }

  package func setTaskRecord(_ record: TaskRecord) async throws(StoreError) -> Bool {
    try write { data in
      guard data.taskRecords[record.task]?.version ?? 0 == record.version - 1 else { return false }
      data.taskRecords[record.task] = record
      return true
    }
  }
}
