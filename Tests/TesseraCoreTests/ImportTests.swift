import Synchronization
import TesseraJOSE
import TesseraStoreTesting
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What of another service's clients is taken over, and what is said of the rest.
@Suite struct ImportTests {
  private static func client(
    _ id: String,
    name: String? = nil,
    scopes: [String] = ["item"],
    secret: String? = "8cdBTxqsPzN4vGyqXuLm2wKtfR"
  ) -> ForeignClient {
    var client = ForeignClient(place: "line of \(id)", id: id)
    client.name = name
    client.scopes = scopes
    if let secret { client.secret = .init(clear: secret) }
    return client
  }

  private static func settings(_ change: (inout ClientImport) -> Void = { _ in }) -> ClientImport {
    var settings = ClientImport(from: "csv")
    change(&settings)
    return settings
  }

  private static func registered(_ id: String, in server: TestServer) async throws -> Client {
    let id = try #require(ClientID(id))
    return try #require(try await server.store.client(id))
  }

  @Test func idsNamesScopesAndSecretsAreTakenOverAsTheyAre() async throws {
    try await TestServer.run { server in
      let ids = ["urn:example:Größe", "a b", "ABC", "~!\"", "26156A86-B739-4C6B-9DE2-314228C3E6E5"]
      let report = try await server.administration.importClients(
        ids.map { ImportTests.client($0) },
        ImportTests.settings()
      )
      #expect(report.takenOver == 4)
      #expect(report.refused.map(\.clientID) == ["urn:example:Größe"], "no ASCII")
      for id in ids.dropFirst() {
        let client = try await ImportTests.registered(id, in: server)
        #expect(client.id.rawValue == id && client.name == id)
        #expect(client.grantTypes == [.clientCredentials] && client.isEnabled)
      }
      let audit = try await server.administration.auditRecords(subject: "ABC", limit: 10).elements
      #expect(audit.map(\.event.action) == [.clientCreated])
      #expect(audit[0].event.details["imported_from"] == "csv")
    }
  }

  @Test func whatCannotBeTakenOverIsToldWithTheReason() async throws {
    try await TestServer.run { server in
      _ = try await server.makeClient { registration in
        registration.name = "Taken"
        registration.id = "here"
      }
      var person = ImportTests.client("person")
      person.objection = "it is public and has no secret"
      var slow = ImportTests.client("slow")
      slow.tokenLifetime = 1
      let found = [
        ImportTests.client("name", name: "tAKEN"), ImportTests.client("here", name: "Other"),
        ImportTests.client("invisible", name: "a\u{202E}b"),
        ImportTests.client("none", scopes: ["nonsense", "a,b"]),
        ImportTests.client("twice", name: "One"), ImportTests.client("again", name: "one"), person, slow,
        ImportTests.client("weak", secret: "abc"), ImportTests.client("silent", secret: nil),
        ImportTests.client("control", secret: "a\u{1}b"),
        ImportTests.client("mixed", scopes: ["item", "nonsense"]),
        ImportTests.client("many", scopes: (0..<65).map { "s\($0)" }),
      ]
      let report = try await server.administration.importClients(found, ImportTests.settings())
      #expect(
        report.refused.map(\.clientID) == ["name", "here", "invisible", "none", "again", "person", "many"],
        "\(report.refused)"
      )
      #expect(report.takenOver == 6 && report.found == 13)
      #expect(report.remarks.map(\.clientID).sorted() == ["control", "mixed", "silent", "slow", "weak"])
      #expect(!"\(report)".contains("abc"), "no secret is told")
      let weak = try await ImportTests.registered("weak", in: server)
      guard case .stretched? = weak.secrets.first?.hash else {
        Issue.record("a weak secret is stretched")
        return
      }
      #expect(try await ImportTests.registered("silent", in: server).secrets.isEmpty)
    }
  }

  @Test func anIDThatStandsThereTwiceStopsAllOfIt() async throws {
    try await TestServer.run { server in
      let found = [ImportTests.client("a"), ImportTests.client("b"), ImportTests.client("a", name: "other")]
      do {
        _ = try await server.administration.importClients(found, ImportTests.settings())
        Issue.record("it was taken")
      } catch let error as AdministrationError {
        #expect(error.description == "line of a: the client ID 'a' stands at line of a already")
      }
      #expect(try await server.administration.clients(limit: 1).elements.isEmpty)
    }
  }

  @Test func aDryRunSaysTheSameAndChangesNothing() async throws {
    try await TestServer.run { server in
      let found = [ImportTests.client("a", scopes: ["item", "new"]), ImportTests.client("b", scopes: [])]
      let change: @Sendable (inout ClientImport) -> Void = {
        $0.resourceOfNewScopes = Resource(Administration.defaultResource)
      }
      let count = try await server.administration.auditRecords(limit: 100).elements.count
      let dry = try await server.administration.importClients(
        found,
        ImportTests.settings { settings in
          change(&settings)
          settings.isDryRun = true
        }
      )
      #expect(try await server.administration.clients(limit: 1).elements.isEmpty)
      #expect(try await server.administration.auditRecords(limit: 100).elements.count == count)
      let report = try await server.administration.importClients(found, ImportTests.settings(change))
      for told in [dry, report] {
        #expect(told.takenOver == 1 && told.newScopes.map(\.name) == ["new"] && told.refused.count == 1)
      }
      #expect(
        try await server.administration.scope(named: "new").resource.uri == Administration.defaultResource
      )
    }
  }

  @Test func scopesAreMadeOnlyWhenAskedForAndOnlyThoseOfClientsThatAreTakenOver() async throws {
    try await TestServer.run { server in
      var person = ImportTests.client("person", scopes: ["people"])
      person.objection = "it is public and has no secret"
      let found = [ImportTests.client("a", scopes: ["item", "read:x"]), person]
      let without = try await server.administration.importClients(
        found,
        ImportTests.settings { $0.isDryRun = true }
      )
      #expect(without.newScopes.isEmpty && without.remarks.count == 1)
      let unknown = ImportTests.settings { $0.resourceOfNewScopes = Resource("urn:nobody") }
      await #expect(throws: AdministrationError.self) {
        try await server.administration.importClients(found, unknown)
      }
      let settings = ImportTests.settings {
        $0.resourceOfNewScopes = Resource(Administration.defaultResource)
      }
      let report = try await server.administration.importClients(found, settings)
      #expect(report.newScopes.map(\.name) == ["read:x"])
      #expect(try await server.administration.scopes().contains { $0.scope.name == "people" } == false)
    }
  }

  @Test func itGoesOnWhereItStopped() async throws {
    try await TestServer.run { server in
      let found = (0..<200).map { ImportTests.client("client-\($0)") }
      let part = try await server.administration.importClients(
        Array(found.prefix(70)),
        ImportTests.settings()
      )
      #expect(part.takenOver == 70)
      let rest = try await server.administration.importClients(found, ImportTests.settings())
      #expect(rest.alreadyHere == 70 && rest.takenOver == 130 && rest.refused.isEmpty)
      let again = try await server.administration.importClients(found, ImportTests.settings())
      #expect(again.alreadyHere == 200 && again.takenOver == 0)
      var last: ClientID?
      var count = 0
      repeat {
        let page = try await server.administration.clients(after: last, limit: 100)
        count += page.elements.count
        last = page.next
      } while last != nil
      #expect(count == 200)
    }
  }

  @Test func anOutageIsToldWithHowFarItGot() async throws {
    try await TestServer.run { server in
      let found = (0..<100).map { ImportTests.client("client-\($0)") }
      do {
        _ = try await server.administration.importClients(found, ImportTests.settings()) { done in
          if done >= 64 { server.store.failure = .unavailable("The disk is full.") }
        }
        Issue.record("it went on")
      } catch let error as AdministrationError {
        #expect(error.description.contains("64 clients were taken over until then"), "\(error)")
      }
      server.store.failure = nil
      let report = try await server.administration.importClients(found, ImportTests.settings())
      #expect(report.alreadyHere == 64 && report.takenOver == 36)
    }
  }

  @Test func addedScopesGoToEveryClient() async throws {
    try await TestServer.run { server in
      let settings = ImportTests.settings { $0.addedScopes = [Scope("event")].compactMap(\.self) }
      let report = try await server.administration.importClients(
        [ImportTests.client("a", scopes: []), ImportTests.client("b")],
        settings
      )
      #expect(report.takenOver == 2)
      let scopes = try await server.administration.clients(limit: 10).elements.map(\.scopes)
      #expect(scopes.map { $0.joined(by: " ") } == ["event", "item event"])
    }
  }

  @Test func ofTwoNodesOneReplacesTheHash() async throws {
    try await TestServer.run { server in
      var found = ImportTests.client("a")
      found.secret = .init(hash: "740f30c1645a85b6483ad4b73c0605483cef8b14dd16567a8b333633ab72c508")
      _ = try await server.administration.importClients([found], ImportTests.settings())
      let client = try await ImportTests.registered("a", in: server)
      let secret = try #require(client.secrets.first)
      let hasher = SecretHasher(masterKey: server.masterKey)
      for (index, prefix) in ["8cdB", "none"].enumerated() {
        let replica = try await Replica(
          store: server.store,
          masterKey: server.masterKey,
          clock: server.clocks.wall,
          monotonicClock: server.clocks.monotonic,
          logger: server.log.logger
        )
        let replacement = StoredSecret(
          name: secret.name,
          hash: .keyed(hasher.digest("8cdBTxqsPzN4vGyqXuLm2wKtfR")),
          createdAt: secret.createdAt,
          expiresAt: nil,
          prefix: prefix
        )
        replica.noteReplacement(of: secret, by: replacement, of: client.id)
        try await replica.writeSecretReplacements()
        #expect(replica.secretReplacements.withLock { $0.isEmpty }, "node \(index) is done with it")
      }
      #expect(try await server.store.client(client.id)?.secrets.map(\.prefix) == ["8cdB"])
      let audit = try await server.administration.auditRecords(subject: "a", limit: 10).elements
      #expect(audit.map(\.event.action) == [.clientUpdated, .clientCreated])
    }
  }

  @Test func aClientThatCannotBeWrittenHoldsUpNoOther() async throws {
    try await TestServer.run { server in
      let secret = StoredSecret(
        name: "default",
        hash: .foreign(
          .sha256(salt: []),
          try #require(SecretDigest(bytes: [UInt8](repeating: 1, count: 32)))
        ),
        createdAt: Timestamp(milliseconds: 0),
        expiresAt: nil
      )
      for id in ["a", "b"] {
        server.replica.noteReplacement(of: secret, by: secret, of: try #require(ClientID(id)))
      }
      server.store.failure = .unavailable("the row cannot be read")
      await #expect(throws: StoreError.self) { try await server.replica.writeSecretReplacements() }
      #expect(server.replica.secretReplacements.withLock { $0.map(\.clientID.rawValue) } == ["b", "a"])
      server.store.failure = nil
      try await server.replica.writeSecretReplacements()
      #expect(server.replica.secretReplacements.withLock { $0.isEmpty }, "there are no such clients")
    }
  }
}
