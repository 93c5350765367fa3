import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let clientDeletionRules = [
    StoreRule("A deleted client is gone and its identifier, name and secrets are free", deletedClientIsGone),
    StoreRule("Deleting a client that is not there is notFound", deletingUnknownClientIsNotFound),
  ]

  private static func deletedClientIsGone(_ store: any Store) async throws {
    let kept = try Sample.client("kept", secrets: [try Sample.secret("one")])
    let client = try Sample.client("a", secrets: [try Sample.secret("one")])
    try await store.insertClient(kept, audit: Sample.event())
    try await store.insertClient(client, audit: Sample.event())
    try await store.deleteClient(client.id, audit: Sample.event())
    #expect(try await store.client(client.id) == nil)
    #expect(try await store.clients(named: client.name).isEmpty)
    #expect(try await store.clients(after: nil, limit: 9) == [kept])
    let successor = Client(
      id: client.id,
      name: client.name,
      scopes: [],
      createdAt: Sample.time.advanced(byMilliseconds: 1)
    )
    try await store.insertClient(successor, audit: Sample.event())
    #expect(try await store.client(client.id) == successor)
  }

  private static func deletingUnknownClientIsNotFound(_ store: any Store) async throws {
    let id = try Sample.clientID("a")
    #expect(
      try await failure {
        try await store.deleteClient(id, audit: Sample.event())
      } == .notFound
    )
  }
}
