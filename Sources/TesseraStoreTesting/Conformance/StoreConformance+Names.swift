import TesseraCore
import Testing

/// Names that look or travel alike are one name.
extension StoreConformance {
  static let nameRules = [
    StoreRule("A client is found by its name in any spelling, and none by another", clientIsFoundByName),
    StoreRule("A client whose name is taken, in any spelling, is a conflict", takenNameIsConflict),
    StoreRule("A client may change the spelling of its own name", ownNameIsNoConflict),
    StoreRule("A secret whose name is taken, in any spelling, is a conflict", takenSecretNameIsConflict),
    StoreRule("Clients are found by the names that are recorded of them", recordedClientsAreFound),
  ]

  private static func clientIsFoundByName(_ store: any Store) async throws {
    let client = try Sample.client("a", name: "B\u{FC}cher Café")
    try await store.insertClient(client, audit: Sample.event())
    try await store.insertClient(try Sample.client("b", name: "another"), audit: Sample.event())
    for name in ["B\u{FC}cher Café", "Bu\u{308}cher Cafe\u{301}", "BÜCHER CAFÉ", "bücher  ｃafé"] {
      #expect(try await store.clients(named: name) == [client], "\(name)")
    }
    for name in ["Bucher Cafe", "BücherCafé", "Bücher", "a", "", "%"] {
      #expect(try await store.clients(named: name).isEmpty, "\(name)")
    }
  }

  private static func takenNameIsConflict(_ store: any Store) async throws {
    try await store.insertClient(try Sample.client("a", name: "Na\u{EF}ve"), audit: Sample.event())
    try await store.insertClient(try Sample.client("b", name: "other"), audit: Sample.event())
    let before = try await StoreContents(of: store)
    for name in ["Na\u{EF}ve", "Nai\u{308}ve", "NAÏVE"] {
      let taken = try Sample.client("c", name: name)
      #expect(
        try await failure { try await store.insertClient(taken, audit: Sample.event()) } == .conflict
      )
      let other = try Sample.clientID("b")
      #expect(
        try await failure {
          try await store.updateClient(other, audit: Sample.event()) { $0.name = name }
        } == .conflict
      )
    }
    #expect(try await StoreContents(of: store) == before)
    try await store.insertClient(try Sample.client("c", name: "Naive"), audit: Sample.event())
  }

  private static func ownNameIsNoConflict(_ store: any Store) async throws {
    let client = try Sample.client("a", name: "name")
    try await store.insertClient(client, audit: Sample.event())
    try await store.updateClient(client.id, audit: Sample.event()) { $0.name = "NAME" }
    #expect(try await store.clients(named: "name").map(\.name) == ["NAME"])
    try await store.deleteClient(client.id, audit: Sample.event())
    try await store.insertClient(try Sample.client("b", name: "Name"), audit: Sample.event())
    #expect(try await store.clients(named: "NAME").map(\.name) == ["Name"])
  }

  private static func takenSecretNameIsConflict(_ store: any Store) async throws {
    let client = try Sample.client("a", secrets: [try Sample.secret("Old"), try Sample.secret("new")])
    try await store.insertClient(client, audit: Sample.event())
    let (alike, other) = (try Sample.secret("OLD"), try Sample.secret("older"))
    #expect(
      try await failure {
        try await store.updateClient(client.id, audit: Sample.event()) { $0.secrets.append(alike) }
      } == .conflict
    )
    let repeated = try Sample.client("b", secrets: [try Sample.secret("x"), try Sample.secret("X")])
    #expect(
      try await failure { try await store.insertClient(repeated, audit: Sample.event()) } == .conflict
    )
    #expect(try await store.clients(after: nil, limit: 9) == [client])
    try await store.updateClient(client.id, audit: Sample.event()) { $0.secrets.append(other) }
  }

  private static func recordedClientsAreFound(_ store: any Store) async throws {
    func event(_ action: AuditEvent.Action, _ id: String, _ name: String) -> AuditEvent {
      AuditEvent(time: Sample.time, actor: "test", action: action, subject: id, details: ["name": name])
    }
    let (a, b) = (try Sample.clientID("a"), try Sample.clientID("b"))
    try await store.insertClient(
      try Sample.client("a", name: "First"),
      audit: event(.clientCreated, "a", "First")
    )
    try await store.updateClient(a, audit: event(.clientUpdated, "a", "second")) { $0.name = "second" }
    try await store.deleteClient(a, audit: event(.clientDeleted, "a", "second"))
    try await store.insertClient(
      try Sample.client("b", name: "first"),
      audit: event(.clientCreated, "b", "first")
    )
    // Not the name of a client.
    try await store.updateClient(b, audit: event(.clientSecretAdded, "b", "third")) { _ in }
    #expect(try await store.recordedClients(named: "FIRST") == [b, a])
    #expect(try await store.recordedClients(named: "second") == [a])
    #expect(try await store.recordedClients(named: "third").isEmpty)
  }
}
