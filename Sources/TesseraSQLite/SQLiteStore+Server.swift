import Foundation
package import GRDB
package import TesseraCore
import TesseraJOSE

extension SQLiteStore {
  package func keys() async throws(StoreError) -> [WrappedKey] {
    try await read { try $0.keys() }
  }

  package func serverState() async throws(StoreError) -> ServerState? {
    try await read { try $0.serverState() }
  }
}

extension Database {
  package func keys() throws(StoreError) -> [WrappedKey] {
    try rows("SELECT * FROM keys ORDER BY number").map(WrappedKey.init(row:))
  }

  package func insert(_ key: WrappedKey) throws(StoreError) {
    try run(
      """
      INSERT INTO keys (number, use, wrapped, created_at, activates_at) VALUES (
        \(key.number), \(key.use.description), \(Data(key.wrapped)), \(key.createdAt.milliseconds),
        \(key.activatesAt.milliseconds)
      )
      """
    )
  }

  package func update(_ key: WrappedKey) throws(StoreError) {
    try run("UPDATE keys SET activates_at = \(key.activatesAt.milliseconds) WHERE number = \(key.number)")
  }

  package func deleteKey(_ number: UInt16) throws(StoreError) {
    try run("DELETE FROM keys WHERE number = \(number)")
  }

  package func serverState() throws(StoreError) -> ServerState? {
    try row("SELECT * FROM server_state").map(ServerState.init(row:))
  }

  package func set(_ state: ServerState) throws(StoreError) {
    try run(
      """
      INSERT OR REPLACE INTO server_state (
        only_row, master_key_check, secret_hash_key, tokens_not_before, initialised_at
      ) VALUES (
        1, \(Data(state.masterKeyCheck)), \(state.secretHashKey.map { Data($0) }),
        \(state.tokensNotBefore?.milliseconds), \(state.initialisedAt.milliseconds)
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
      secretHashKey: try row.optionalBytes("secret_hash_key"),
      tokensNotBefore: try row.optionalTime("tokens_not_before"),
      initialisedAt: try row.time("initialised_at")
    )
  }
}
