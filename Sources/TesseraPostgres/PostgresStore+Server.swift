package import TesseraCore
import TesseraJOSE

extension PostgresStore {
  package func keys() async throws(StoreError) -> [WrappedKey] {
    try await read { connection throws(StoreError) in try connection.keys() }
  }

  package func serverState() async throws(StoreError) -> ServerState? {
    try await read { connection throws(StoreError) in try connection.serverState() }
  }
}

extension Connection {
  package func keys() throws(StoreError) -> [WrappedKey] {
    try run("SELECT number, use, wrapped, created_at, activates_at FROM keys ORDER BY number")
      .map(WrappedKey.init(row:))
  }

  package func insert(_ key: WrappedKey) throws(StoreError) {
    try run(
      """
      INSERT INTO keys (number, use, wrapped, created_at, activates_at) VALUES (
        \(key.number), \(key.use.description), \(key.wrapped), \(key.createdAt.milliseconds),
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
    try run("SELECT master_key_check, secret_hash_key, tokens_not_before, initialised_at FROM server_state")
      .map(ServerState.init(row:)).first
  }

  package func set(_ state: ServerState) throws(StoreError) {
    try run(
      """
      INSERT INTO server_state (
        only_row, master_key_check, secret_hash_key, tokens_not_before, initialised_at
      ) VALUES (
        1, \(state.masterKeyCheck), \(state.secretHashKey), \(state.tokensNotBefore?.milliseconds),
        \(state.initialisedAt.milliseconds)
      ) ON CONFLICT (only_row) DO UPDATE SET
        master_key_check = excluded.master_key_check, secret_hash_key = excluded.secret_hash_key,
        tokens_not_before = excluded.tokens_not_before, initialised_at = excluded.initialised_at
      """
    )
  }
}

extension WrappedKey {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      number: try row.value("number"),
      use: try row.parsed("use", by: KeyUse.init),
      wrapped: try row.value("wrapped"),
      createdAt: try row.time("created_at"),
      activatesAt: try row.time("activates_at")
    )
  }
}

extension ServerState {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      masterKeyCheck: try row.value("master_key_check"),
      secretHashKey: try row.optionalValue("secret_hash_key"),
      tokensNotBefore: try row.optionalTime("tokens_not_before"),
      initialisedAt: try row.time("initialised_at")
    )
  }
}
