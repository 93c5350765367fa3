import Synchronization
import TesseraJOSE
import TesseraStoreTesting
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore

@Suite struct ReplicaTests {
  private final class Counter: Sendable {
    let value = Atomic(0)
  }

  @Test func aClientIsReadOnce() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let before = server.store.readCount
      for _ in 0..<10 { #expect(try await server.send(client.tokenRequest()).status == 200) }
      #expect(server.store.readCount == before + 1)
    }
  }

  /// However many ask while it is read, and whether there is one or not.
  @Test func aClientThatManyWaitForIsReadOnce() async throws {
    try await TestServer.run { server in
      let known = try await server.makeClient().id
      for id in [known, .random(using: .system)] {
        let before = server.store.readCount(of: .clients)
        let asked = Counter()
        server.store.hold(.clientReads)
        try await withThrowingTaskGroup { group in
          for _ in 0..<100 {
            group.addTask {
              asked.value.add(1, ordering: .relaxed)
              try await server.replica.loadClient(id)
            }
          }
          try await wait {
            asked.value.load(ordering: .relaxed) == 100 && server.store.heldCount(of: .clientReads) > 0
          }
          server.store.release(.clientReads)
          try await group.waitForAll()
        }
        #expect(server.store.readCount(of: .clients) == before + 1)
        #expect(try server.replica.client(id)?.client.id == (id == known ? id : nil))
      }
    }
  }

  @Test("O6 a client that very many ask for keeps nobody else's from being read")
  func manyWaitForOneClient() async throws {
    try await TestServer.run { server in
      let (hammered, other) = (try await server.makeClient().id, try await server.makeClient().id)
      server.store.hold(.clientReads)
      try await withThrowingTaskGroup(of: Bool.self) { group in
        let refused = Counter()
        for _ in 0..<1000 {
          group.addTask {
            do throws(OAuthError) {
              try await server.replica.loadClient(hammered)
              return true
            } catch {
              #expect(error.retryAfter == 1)
              refused.value.add(1, ordering: .relaxed)
              return false
            }
          }
        }
        // They do not wait for the store to hear so.
        try await wait { refused.value.load(ordering: .relaxed) == 1000 - 683 }
        group.addTask {
          try await server.replica.loadClient(other)
          return true
        }
        try await wait { server.store.heldCount(of: .clientReads) == 2 }
        server.store.release(.clientReads)
        var served = 0
        for try await isServed in group where isServed { served += 1 }
        #expect(served == 684)
      }
      // All of them have left.
      try await server.replica.loadClient(hammered)
    }
  }

  /// A failure is everybody's, and the next who asks reads again.
  @Test func aReadThatFailsIsTriedAgain() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      server.store.failure = .unavailable("away")
      for _ in 0..<2 {
        await #expect(throws: OAuthError.self) { try await server.replica.loadClient(client.id) }
      }
      server.store.failure = nil
      try await server.replica.loadClient(client.id)
      #expect(try server.replica.client(client.id) != nil)
    }
  }

  @Test func aBatchOfChangedClientsIsOneQuestion() async throws {
    try await TestServer.run { server in
      let clients = try await [server.makeClient(), server.makeClient(), server.makeClient()]
      try await server.replica.catchUp()
      for client in clients { try await server.administration.setClient(client.id, enabled: false) }
      let before = server.store.readCount(of: .revocations)
      try await server.replica.catchUp()
      #expect(server.store.readCount(of: .revocations) == before + 1)
      #expect(try server.replica.revocations(since: 0).entries.joined().count == 3)
    }
  }

  @Test func anUnknownClientIsLookedForOnce() async throws {
    try await TestServer.run { server in
      let nobody = TestClient(id: .random(using: .system), secret: "nonsense")
      let before = server.store.readCount
      for _ in 0..<5 {
        let response = try await server.send(nobody.tokenRequest())
        #expect(response.status == 400)
      }
      #expect(server.store.readCount == before + 1)
    }
  }

  @Test func aClientThatWasUnknownWorksOnceItExists() async throws {
    try await TestServer.run { server in
      let id = ClientID.random(using: .system)
      let early = TestClient(id: id, secret: "ECOTBQNP44IFPCVMQNSZ")
      #expect(try await server.send(early.tokenRequest()).status == 400)
      let client = try await server.makeClient {
        $0.id = id.rawValue
        $0.importedSecret = early.secret
      }
      try await server.replica.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 200)
    }
  }

  @Test func aChangeCountsOnceTheFeedIsRead() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      try await server.administration.setClient(client.id, enabled: false)
      try await server.replica.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 400)
      try await server.administration.deleteClient(try await server.administration.client(client.id.rawValue))
      try await server.replica.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 400)
    }
  }

  @Test func aNewScopeCanBeGrantedOnceTheFeedIsRead() async throws {
    try await TestServer.run { server in
      _ = try await server.administration.createResource("https://stock.example", description: "Stock")
      _ = try await server.administration.createScope(
        "stock",
        description: "Stock",
        resource: "https://stock.example"
      )
      let client = try await server.makeClient { $0.scopes = ["stock"] }
      #expect(try await server.send(client.tokenRequest(["scope": "stock"])).status == 400)
      try await server.replica.catchUp()
      #expect(try await server.send(client.tokenRequest(["scope": "stock"])).status == 200)
    }
  }

  /// The feed is followed by a task: what is changed elsewhere arrives without anybody asking for it.
  @Test func followsTheFeed() async throws {
    var options = TestServer.Options()
    options.replica.pollInterval = 1
    try await TestServer.run(options) { server in
      let client = try await server.makeClient()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      let follower = Task { await server.replica.follow() }
      try await server.administration.setClient(client.id, enabled: false)
      while try await server.send(client.tokenRequest()).status == 200 {}
      server.store.failure = .unavailable("away")
      try await wait { server.log.lines.contains { $0.contains("does not answer") } }
      server.store.failure = nil
      try await wait { server.log.lines.contains { $0.contains("answers again") } }
      follower.cancel()
      await follower.value
    }
  }

  @Test func aChangeThatCouldNotBeReadIsReadLater() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      try await server.administration.setClient(client.id, enabled: false)
      server.store.failure = .unavailable("away")
      await #expect(throws: StoreError.unavailable("away")) { try await server.replica.catchUp() }
      server.store.failure = nil
      try await server.replica.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 400)
    }
  }

  @Test func aStoreOfAnotherMasterKeyStopsTheStart() async throws {
    try await TestServer.run { server in
      let other = try #require(MasterKey(bytes: [UInt8](repeating: 9, count: 32)))
      await #expect(throws: StoreError.self) {
        try await Replica(store: server.store, masterKey: other, logger: server.log.logger)
      }
      await #expect(throws: StoreError.self) {
        try await Replica(store: InMemoryStore(), masterKey: other, logger: server.log.logger)
      }
    }
  }

  /// scrypt runs until the secret was presented rightly once; then a digest decides.
  @Test func anImportedSecretIsStretchedOnlyUntilItIsRecognised() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.importedSecret = "correct horse" }
      #expect(try await server.send(client.tokenRequest(["client_secret": "wrong horse"])).status == 400)
      #expect(try await server.send(client.tokenRequest()).status == 200)
      let cached = try #require(try server.replica.client(client.id))
      #expect(cached.unrecognised(at: server.clocks.wall.now).isEmpty)
      #expect(
        cached.secret(matching: SecretHasher(masterKey: server.masterKey).digest("correct horse")) != nil
      )
    }
  }

  /// Fewer may wait for scrypt than ask here, but who presents the same secret shares one search.
  @Test func manyAtOnceWithTheSameImportedSecretShareOneSearch() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.importedSecret = "correct horse" }
      let statuses = try await withThrowingTaskGroup { group in
        for _ in 0..<60 { group.addTask { try await server.send(client.tokenRequest()).status } }
        return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
      }
      #expect(statuses == [200])
    }
  }

  /// Guesses that wait for scrypt count before they are answered, and few of one source may wait.
  @Test func guessesAtOnceForAnImportedSecretDoNotHoldUpOthers() async throws {
    var options = TestServer.Options()
    options.proxies = TrustedProxies([try #require(AddressRange("127.0.0.1"))])
    try await TestServer.run(options) { server in
      let attacked = try await server.makeClient { $0.importedSecret = "correct horse" }
      let other = try await server.makeClient { $0.importedSecret = "battery staple" }
      async let guesses = withThrowingTaskGroup { group in
        for number in 0..<40 {
          group.addTask {
            let guess = attacked.tokenRequest(["client_secret": "wrong horse \(number)"])
            return try await server.send(guess.forwarded(for: "203.0.113.66")).status
          }
        }
        return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
      }
      let elsewhere = other.tokenRequest().forwarded(for: "203.0.113.7:1234")
      #expect(try await server.send(elsewhere).status == 200)
      let statuses = try await guesses
      #expect(statuses[400, default: 0] <= 6, "\(statuses)")
      #expect(statuses[400, default: 0] + statuses[429, default: 0] + statuses[503, default: 0] == 40)
    }
  }

  @Test func aGapInTheFeedMakesItReadEverythingAgain() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      try await server.administration.setClient(client.id, enabled: false)
      server.clocks.advance(seconds: 500)
      _ = try await server.makeClient()
      try await server.store.removeChanges(madeBefore: server.clocks.wall.now, limit: .max)
      try await server.replica.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 400, "though its change was never read")
    }
  }
}
