import GRDB
package import TesseraCore
import TesseraJOSE

extension SQLiteStore {
  package func client(_ id: ClientID) async throws(StoreError) -> Client? {
    try await read { try $0.client(id) }
  }

  package func clients(named name: String) async throws(StoreError) -> [Client] {
    try await read { database in
      try database.rows("SELECT * FROM clients WHERE name_key = \(Name.key(of: name)) ORDER BY id")
        .map(database.client(in:))
    }
  }

  package func clients(after id: ClientID?, limit: Int) async throws(StoreError) -> [Client] {
    try await read { database in
      // Every identifier comes after the empty text. A negative LIMIT would mean none.
      let rows = try database.rows(
        "SELECT * FROM clients WHERE id > \(id?.rawValue ?? "") ORDER BY id LIMIT \(max(0, limit))"
      )
      guard let first = rows.first, let last = rows.last else { return [] }
      let secrets = try database.secrets(from: try first.value("id"), through: try last.value("id"))
      return try rows.map { row in
        try Client(row: row, secrets: secrets[try row.value("id"), default: []])
      }
    }
  }

  package func insertClient(_ client: Client, audit: AuditEvent) async throws(StoreError) {
    try await write { database in
      let earlier = try database.clientNotBefore(of: client.id)
      let client = earlier.map(client.succeeding) ?? client
      try database.insertClient(client)
      let sequence = try database.record(audit, changed: .client(client.id))
      if earlier != nil { try database.setNotBefore(client.notBefore, of: client.id, audit, sequence) }
    }
  }

  @discardableResult
  package func updateClient(
    _ id: ClientID,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(StoreError) -> Void
  ) async throws(StoreError) -> Client {
    try await write { try $0.updateClient(id, audit, change) }
  }

  package func deleteClient(_ id: ClientID, audit: AuditEvent) async throws(StoreError) {
    try await write { database in
      // The foreign key takes the secrets along.
      try database.execute(literal: "DELETE FROM clients WHERE id = \(id.rawValue)")
      guard database.changesCount == 1 else { throw StoreError.notFound("There is no client \(id)") }
      let sequence = try database.record(audit, changed: .client(id))
      try database.setNotBefore(.distantFuture, of: id, audit, sequence)
    }
  }
}
