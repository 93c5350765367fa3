import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let clientChangeRules = [
    StoreRule("An update changes every field that it may and returns the client", updateChangesEverything),
    StoreRule("An update leaves other clients alone", updateLeavesOthersAlone),
    StoreRule("An update of a client that is not there is notFound", updateOfUnknownClientIsNotFound),
    StoreRule("A new name that is taken is a conflict; the old name is not", takenNewNameIsConflict),
    StoreRule("A renamed client is found by its new name only", renamedClientIsFoundByNewName),
    StoreRule("What an update throws is thrown and nothing is written", throwingUpdateWritesNothing),
  ]

  private static func updateChangesEverything(_ store: any Store) async throws {
    let client = try Sample.client("a", secrets: [try Sample.secret("old", 1), try Sample.secret("kept", 2)])
    try await store.insertClient(client, audit: Sample.event())
    var changed = client
    changed.name = "new name"
    changed.grantTypes = []
    changed.scopes = try Sample.scopes("z", "a")
    changed.defaultScopes = try Sample.scopes("z")
    changed.tokenFormat = .jwt
    changed.claims = ["tenant": "Bücher \"1\"", "": ""]
    changed.authenticationMethod = .clientSecretBasic
    changed.tokenLifetime = 1
    changed.secrets = [try Sample.secret("new", 3), try Sample.secret("kept", 2)]
    changed.disable(at: Sample.time)
    changed.tokensNotBefore = Timestamp(milliseconds: -5)
    changed.updatedAt = Timestamp(milliseconds: 5)
    changed.version = 7
    try await expect(store, toTurn: client, into: changed)
    try await expect(store, toTurn: changed, into: client)
  }

  private static func expect(_ store: any Store, toTurn old: Client, into new: Client) async throws {
    let returned = try await store.updateClient(old.id, audit: Sample.event()) { client in
      #expect(client == old)
      client = new
    }
    #expect(returned == new)
    #expect(try await store.client(old.id) == new)
  }

  private static func updateLeavesOthersAlone(_ store: any Store) async throws {
    let other = try Sample.client("b", secrets: [try Sample.secret("one")])
    try await store.insertClient(other, audit: Sample.event())
    try await store.insertClient(try Sample.client("a"), audit: Sample.event())
    try await store.updateClient(try Sample.clientID("a"), audit: Sample.event()) { client in
      client.disable(at: Sample.time)
      client.secrets = []
    }
    #expect(try await store.client(other.id) == other)
  }

  private static func updateOfUnknownClientIsNotFound(_ store: any Store) async throws {
    let id = try Sample.clientID("a")
    #expect(
      try await failure {
        try await store.updateClient(id, audit: Sample.event()) { _ in Issue.record("There is no client") }
      } == .notFound
    )
  }

  private static func takenNewNameIsConflict(_ store: any Store) async throws {
    let client = try Sample.client("a", name: "own")
    try await store.insertClient(client, audit: Sample.event())
    try await store.insertClient(try Sample.client("b", name: "taken"), audit: Sample.event())
    #expect(
      try await failure {
        try await store.updateClient(client.id, audit: Sample.event()) { $0.name = "taken" }
      } == .conflict
    )
    #expect(try await store.client(client.id) == client)
    try await store.updateClient(client.id, audit: Sample.event()) { $0.name = "own" }
  }

  private static func renamedClientIsFoundByNewName(_ store: any Store) async throws {
    let client = try Sample.client("a", name: "old")
    try await store.insertClient(client, audit: Sample.event())
    try await store.updateClient(client.id, audit: Sample.event()) { $0.name = "new" }
    #expect(try await store.clients(named: "new").map(\.id) == [client.id])
    #expect(try await store.clients(named: "old").isEmpty)
    try await store.insertClient(try Sample.client("b", name: "old"), audit: Sample.event())
  }

  private static func throwingUpdateWritesNothing(_ store: any Store) async throws {
    let client = try Sample.client("a", secrets: [try Sample.secret("one")])
    try await store.insertClient(client, audit: Sample.event())
    let before = try await StoreContents(of: store)
    let thrown = StoreError.invalid("the reason")
    await #expect(throws: thrown) {
      try await store.updateClient(client.id, audit: Sample.event()) { client throws(StoreError) in
        client.name = "new"
        client.secrets = []
        throw thrown
      }
    }
    #expect(try await StoreContents(of: store) == before)
  }
}

extension StoreConformance {
  static let clientDeletionRules = [
    StoreRule("A deleted client is gone and its identifier, name and secrets are free", deletedClientIsGone),
    StoreRule("Deleting a client that is not there is notFound", deletingUnknownClientIsNotFound),
    StoreRule("Deleting another version than the current one writes nothing", otherVersionIsNotDeleted),
    StoreRule("What takes tokens back beside something else is a new version", revokedClientHasNewVersion),
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

  private static func otherVersionIsNotDeleted(_ store: any Store) async throws {
    let client = try Sample.client("a")
    try await store.insertClient(client, audit: Sample.event())
    let changed = try await store.updateClient(client.id, audit: Sample.event()) { $0.version = 2 }
    let before = try await StoreContents(of: store)
    for version in [1, 3, -2] {
      await #expect(throws: StoreError.versionMismatch(given: version, current: 2)) {
        try await store.deleteClient(client.id, ifVersion: version, audit: Sample.event())
      }
    }
    #expect(try await StoreContents(of: store) == before)
    #expect(try await store.client(client.id) == changed)
    try await store.deleteClient(client.id, ifVersion: 2, audit: Sample.event())
    #expect(try await store.client(client.id) == nil)
    #expect(
      try await failure {
        try await store.deleteClient(client.id, ifVersion: 2, audit: Sample.event())
      } == .notFound
    )
  }

  private static func revokedClientHasNewVersion(_ store: any Store) async throws {
    let definition = try Sample.definition("a")
    try await store.insertScope(definition, audit: Sample.event())
    for (id, scopes) in [("with", ["a"]), ("without", [])] {
      try await store.insertClient(
        Client(
          id: try Sample.clientID(id),
          name: id,
          scopes: ScopeSet(try scopes.map(Sample.scope)),
          createdAt: Sample.time
        ),
        audit: Sample.event()
      )
    }
    try await store.retireScope(
      definition.scope,
      at: Sample.time,
      revokingTokens: true,
      audit: Sample.event()
    )
    #expect(try await store.client(try Sample.clientID("with"))?.version == 2)
    #expect(try await store.client(try Sample.clientID("without"))?.version == 1)
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

extension StoreConformance {
  static let secretRules = [
    StoreRule("Two secrets of one client with one name are a conflict", twoSecretsOfOneNameAreConflict),
    StoreRule("Secrets of two clients may have one name", clientsMayShareSecretName),
    StoreRule("Secrets can be added, removed and put in another order", secretsCanBeRearranged),
  ]

  private static func twoSecretsOfOneNameAreConflict(_ store: any Store) async throws {
    let twice = [try Sample.secret("one", 1), try Sample.secret("one", 2)]
    let client = try Sample.client("a", secrets: [twice[0]])
    let other = try Sample.client("b", secrets: twice)
    try await store.insertClient(client, audit: Sample.event())
    let before = try await StoreContents(of: store)
    #expect(
      try await failure {
        try await store.insertClient(other, audit: Sample.event())
      } == .conflict
    )
    #expect(
      try await failure {
        try await store.updateClient(client.id, audit: Sample.event()) { $0.secrets = twice }
      } == .conflict
    )
    #expect(try await StoreContents(of: store) == before)
  }

  private static func clientsMayShareSecretName(_ store: any Store) async throws {
    let first = try Sample.client("a", secrets: [try Sample.secret("one", 1)])
    let second = try Sample.client("b", secrets: [try Sample.secret("one", 2)])
    try await store.insertClient(first, audit: Sample.event())
    try await store.insertClient(second, audit: Sample.event())
    #expect(try await store.client(first.id) == first)
    #expect(try await store.client(second.id) == second)
  }

  private static func secretsCanBeRearranged(_ store: any Store) async throws {
    let one = try Sample.secret("one", 1)
    let two = try Sample.secret("two", 2)
    let three = try Sample.secret("three", 3)
    let client = try Sample.client("a", secrets: [one, two])
    try await store.insertClient(client, audit: Sample.event())
    for secrets in [[two, one], [two, three, one], [three], [], [one, two, three]] {
      try await store.updateClient(client.id, audit: Sample.event()) { $0.secrets = secrets }
      #expect(try await store.client(client.id)?.secrets == secrets)
    }
  }
}
