import GRDB
package import TesseraCore

extension SQLiteStore {
  package func latestChange() async throws(StoreError) -> Int64 {
    try await read { try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM changes") ?? 0 }
  }

  package func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> [Change] {
    try await read { database in
      try database.rows(
        "SELECT * FROM changes WHERE sequence > \(sequence) ORDER BY sequence LIMIT \(max(0, limit))"
      ).map(Change.init(row:))
    }
  }

  @discardableResult
  package func removeChanges(madeBefore time: Timestamp) async throws(StoreError) -> Int {
    try await write { database in
      try database.execute(
        literal: """
          DELETE FROM changes
          WHERE made_at < \(time.milliseconds) AND sequence < (SELECT max(sequence) FROM changes)
          """
      )
      return database.changesCount
    }
  }
}

extension Change {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(sequence: try row.value("sequence"), subject: try Subject(row: row))
  }
}

extension Change.Subject {
  fileprivate init(row: Row) throws(StoreError) {
    let kind: String = try row.value("kind")
    switch kind {
    case "client": self = .client(try row.parsed("subject", by: ClientID.init))
    case "scopes": self = .scopes
    case "keys": self = .keys
    case "revocation": self = .revocation(try row.parsed("subject", by: TokenID.init))
    case "server_state": self = .serverState
    default: throw .unreadable("a kind of change")
    }
  }

  /// The values of the columns `kind` and `subject`.
  var columns: (kind: String, subject: String?) {
    switch self {
    case .client(let id): ("client", id.rawValue)
    case .scopes: ("scopes", nil)
    case .keys: ("keys", nil)
    case .revocation(let token): ("revocation", token.description)
    case .serverState: ("server_state", nil)
    }
  }
}
