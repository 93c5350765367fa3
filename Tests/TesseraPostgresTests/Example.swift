import TesseraCore
import TesseraJOSE
import Testing

/// Values to put into a store.
enum Example {
  static let event = AuditEvent(
    time: Timestamp(milliseconds: 0),
    actor: "test",
    action: .scopeCreated,
    subject: "subject"
  )

  static func scope(_ name: String) throws -> ScopeDefinition {
    ScopeDefinition(
      scope: try #require(Scope(name)),
      description: "what \(name) gives",
      resource: try #require(Resource("https://api.example")),
      createdAt: Timestamp(milliseconds: 0),
      retiredAt: nil
    )
  }

  static func client(_ id: String, name: String? = nil) throws -> Client {
    Client(
      id: try #require(ClientID(id)),
      name: name ?? "name of \(id)",
      scopes: [],
      createdAt: Timestamp(milliseconds: 0)
    )
  }
}

/// The text of the `unavailable` that a call throws; nil when it throws none.
func outage(_ call: () async throws -> Void) async throws -> String? {
  do {
    try await call()
    return nil
  } catch StoreError.unavailable(let text) {
    return text
  }
}
