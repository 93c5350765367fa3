import Foundation
import GRDB
package import TesseraCore
package import TesseraJOSE

extension SQLiteStore {
  package func keys() async throws(StoreError) -> [WrappedKey] {
    try await read { try $0.keys() }
  }

  package func changeKeys(_ changes: [KeyChange]) async throws(StoreError) {
    try await write { database in
      try database.write(try Mutation.changingKeys(changes, among: try database.keys()))
    }
  }

  package func serverState() async throws(StoreError) -> ServerState? {
    try await read { try $0.serverState() }
  }

  package func initialise(_ initial: InitialState, audit: AuditEvent) async throws(StoreError) -> Bool {
    try await write { database in
      let mutation = try Mutation.initialising(
        initial,
        state: try database.serverState(),
        resources: try database.resources(),
        scopes: try database.scopes(),
        keys: try database.keys(),
        audit: audit
      )
      guard let mutation else { return false }
      try database.write(mutation)
      return true
    }
  }

  package func setTokensNotBefore(
    _ time: Timestamp,
    mayGoBack: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write { database in
      let state = try database.serverState()
      try database.write(
        try .settingTokensNotBefore(time, in: state, mayGoBack: mayGoBack, audit: audit)
      )
    }
  }
}

extension Database {
  /// All keys by number.
  func keys() throws -> [WrappedKey] {
    try rows("SELECT * FROM keys ORDER BY number").map(WrappedKey.init(row:))
  }

  func insert(_ key: WrappedKey) throws {
    try execute(
      literal: """
        INSERT INTO keys (number, use, wrapped, created_at, activates_at) VALUES (
          \(key.number), \(key.use.description), \(Data(key.wrapped)), \(key.createdAt.milliseconds),
          \(key.activatesAt.milliseconds)
        )
        """
    )
  }

  fileprivate func serverState() throws -> ServerState? {
    try row("SELECT * FROM server_state").map(ServerState.init(row:))
  }

  func set(_ state: ServerState) throws {
    try execute(
      literal: """
        INSERT OR REPLACE INTO server_state (only_row, master_key_check, tokens_not_before, initialised_at)
        VALUES (
          1, \(Data(state.masterKeyCheck)), \(state.tokensNotBefore?.milliseconds),
          \(state.initialisedAt.milliseconds)
        )
        """
    )
  }
}

extension WrappedKey {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      number: try row.value("number"),
      use: try row.parsed("use", by: KeyUse.init),
      wrapped: try row.bytes("wrapped"),
      createdAt: try row.time("created_at"),
      activatesAt: try row.time("activates_at")
    )
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
