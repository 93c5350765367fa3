package import TesseraCore
package import TesseraJOSE

extension PostgresStore {
  package func latestChange() async throws(StoreError) -> Int64 {
    try await read { connection throws(StoreError) in
      try connection.row("SELECT max(sequence) AS sequence FROM changes")?.optionalValue("sequence") ?? 0
    }
  }

  package func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> [Change] {
    try await read { connection throws(StoreError) in
      try connection.run(
        """
        SELECT sequence, kind, subject FROM changes
        WHERE sequence > \(sequence) ORDER BY sequence LIMIT \(max(0, limit))
        """
      ).map(Change.init(row:))
    }
  }

  @discardableResult
  package func removeChanges(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try await write(for: .housekeeping) { connection throws(StoreError) in
      try connection.run(
        """
        DELETE FROM changes WHERE sequence IN (
          SELECT sequence FROM changes
          WHERE made_at < \(time.milliseconds) AND sequence < (SELECT max(sequence) FROM changes)
          ORDER BY made_at LIMIT \(max(0, limit))
        )
        """
      ).affected
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
    let subject: String? = try row.optionalValue("subject")
    let known: Change.Subject? =
      switch kind {
      case "client": subject.flatMap(ClientID.init).map(Change.Subject.client)
      case "scopes": .scopes
      case "resources": .resources
      case "keys": .keys
      case "revocation": subject.flatMap { TokenID($0) }.map(Change.Subject.revocation)
      case "server_state": .serverState
      default: nil
      }
    self = known ?? .unknown
  }

  /// The values of the columns `kind` and `subject`.
  var columns: (kind: String, subject: String?) {
    switch self {
    case .client(let id): ("client", id.rawValue)
    case .scopes: ("scopes", nil)
    case .resources: ("resources", nil)
    case .keys: ("keys", nil)
    case .revocation(let token): ("revocation", token.description)
    case .serverState: ("server_state", nil)
    case .unknown: ("unknown", nil)
    }
  }
}
