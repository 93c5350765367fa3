import Foundation
import GRDB
package import TesseraCore
package import TesseraJOSE

extension SQLiteStore {
  package func serverState() async throws(StoreError) -> ServerState? {
    try await read { database in
      try database.row("SELECT * FROM server_state").map(ServerState.init(row:))
    }
  }

  package func initialise(_ initial: InitialState, audit: AuditEvent) async throws(StoreError) -> Bool {
    try await write { database in
      let state = initial.serverState
      try database.execute(
        literal: """
          INSERT INTO server_state (only_row, master_key_check, tokens_not_before, initialised_at)
          VALUES (
            1, \(Data(state.masterKeyCheck)), \(state.tokensNotBefore?.milliseconds),
            \(state.initialisedAt.milliseconds)
          )
          ON CONFLICT DO NOTHING
          """
      )
      guard database.changesCount == 1 else { return false }
      for definition in initial.resources { try database.insertResource(definition) }
      for definition in initial.scopes { try database.insertScope(definition) }
      for key in initial.keys { try database.insertKey(key) }
      try database.record(audit, changed: .serverState, .resources, .scopes, .keys)
      return true
    }
  }

  package func setTokensNotBefore(_ time: Timestamp, audit: AuditEvent) async throws(StoreError) {
    try await write { database in
      try database.execute(
        literal: """
          UPDATE server_state
          SET tokens_not_before = max(coalesce(tokens_not_before, \(time.milliseconds)), \(time.milliseconds))
          """
      )
      guard database.changesCount == 1 else { throw StoreError.notFound("The store is not initialised") }
      try database.record(audit, changed: .serverState)
    }
  }
}

extension SQLiteStore {
  package func resetTokensNotBefore(_ time: Timestamp, audit: AuditEvent) async throws(StoreError) {
    try await write { database in
      try database.execute(literal: "UPDATE server_state SET tokens_not_before = \(time.milliseconds)")
      guard database.changesCount == 1 else { throw StoreError.notFound("The store is not initialised") }
      try database.record(audit, changed: .serverState)
    }
  }
}

extension ServerState {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      masterKeyCheck: try row.bytes("master_key_check"),
      tokensNotBefore: try row.optionalTime("tokens_not_before"),
      initialisedAt: try row.time("initialised_at")
    )
  }
}
