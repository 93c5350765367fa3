package import TesseraCore
package import TesseraJOSE

extension PostgresStore {
  package func keys() async throws(StoreError) -> [WrappedKey] {
    try await read { connection throws(StoreError) in try connection.keys() }
  }

  package func changeKeys(_ changes: [KeyChange]) async throws(StoreError) {
    try await write { connection throws(StoreError) in
      try connection.write(try Mutation.changingKeys(changes, among: try connection.keys()))
    }
  }

  package func serverState() async throws(StoreError) -> ServerState? {
    try await read { connection throws(StoreError) in try connection.serverState() }
  }

  package func initialise(_ initial: InitialState, audit: AuditEvent) async throws(StoreError) -> Bool {
    try await write { connection throws(StoreError) in
      let mutation = try Mutation.initialising(
        initial,
        state: try connection.serverState(),
        resources: try connection.resources(),
        scopes: try connection.scopes(),
        keys: try connection.keys(),
        audit: audit
      )
      guard let mutation else { return false }
      try connection.write(mutation)
      return true
    }
  }

  package func setTokensNotBefore(
    _ time: Timestamp,
    mayGoBack: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write { connection throws(StoreError) in
      let state = try connection.serverState()
      try connection.write(
        try Mutation.settingTokensNotBefore(time, in: state, mayGoBack: mayGoBack, audit: audit)
      )
    }
  }
}

extension Connection {
  /// All keys by number.
  func keys() throws(StoreError) -> [WrappedKey] {
    try run("SELECT number, use, wrapped, created_at, activates_at FROM keys ORDER BY number")
      .map(WrappedKey.init(row:))
  }

  func insert(_ key: WrappedKey) throws(StoreError) {
    try run(
      """
      INSERT INTO keys (number, use, wrapped, created_at, activates_at) VALUES (
        \(key.number), \(key.use.description), \(key.wrapped), \(key.createdAt.milliseconds),
        \(key.activatesAt.milliseconds)
      )
      """
    )
  }

  fileprivate func serverState() throws(StoreError) -> ServerState? {
    try run("SELECT master_key_check, tokens_not_before, initialised_at FROM server_state")
      .map(ServerState.init(row:)).first
  }

  func set(_ state: ServerState) throws(StoreError) {
    try run(
      """
      INSERT INTO server_state (only_row, master_key_check, tokens_not_before, initialised_at) VALUES (
        1, \(state.masterKeyCheck), \(state.tokensNotBefore?.milliseconds), \(state.initialisedAt.milliseconds)
      ) ON CONFLICT (only_row) DO UPDATE SET
        master_key_check = excluded.master_key_check, tokens_not_before = excluded.tokens_not_before,
        initialised_at = excluded.initialised_at
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
      tokensNotBefore: try row.optionalTime("tokens_not_before"),
      initialisedAt: try row.time("initialised_at")
    )
  }
}
