import Synchronization
import TesseraStoreTesting
import TesseraTestSupport
import Testing

@testable import TesseraCore

@Suite struct DirectoryTests {
  @Test func aClientIsReadOnce() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let before = server.store.readCount
      for _ in 0..<10 { #expect(try await server.send(client.tokenRequest()).status == 200) }
      #expect(server.store.readCount == before + 1)
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
      try await server.directory.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 200)
    }
  }

  @Test func aChangeCountsOnceTheFeedIsRead() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      try await server.administration.setClient(client.id, enabled: false)
      try await server.directory.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 400)
      try await server.administration.deleteClient(try await server.administration.client(client.id.rawValue))
      try await server.directory.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 400)
    }
  }

  @Test func aNewScopeCanBeGrantedOnceTheFeedIsRead() async throws {
    try await TestServer.run { server in
      _ = try await server.administration.createScope(
        "stock",
        description: "Stock",
        resource: "https://stock.example"
      )
      let client = try await server.makeClient { $0.scopes = ["stock"] }
      #expect(try await server.send(client.tokenRequest(["scope": "stock"])).status == 400)
      try await server.directory.catchUp()
      #expect(try await server.send(client.tokenRequest(["scope": "stock"])).status == 200)
    }
  }

  /// The feed is followed by a task: what is changed elsewhere arrives without anybody asking for it.
  @Test func followsTheFeed() async throws {
    var options = TestServer.Options()
    options.directory.pollInterval = 1
    try await TestServer.run(options) { server in
      let client = try await server.makeClient()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      let follower = Task { await server.directory.follow() }
      try await server.administration.setClient(client.id, enabled: false)
      while try await server.send(client.tokenRequest()).status == 200 {}
      server.store.failure = .unavailable("away")
      while !server.log.lines.contains(where: { $0.contains("does not answer") }) { await Task.yield() }
      server.store.failure = nil
      while !server.log.lines.contains(where: { $0.contains("answers again") }) { await Task.yield() }
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
      await #expect(throws: StoreError.unavailable("away")) { try await server.directory.catchUp() }
      server.store.failure = nil
      try await server.directory.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 400)
    }
  }

  @Test func aStoreOfAnotherMasterKeyStopsTheStart() async throws {
    try await TestServer.run { server in
      let other = try #require(MasterKey(bytes: [UInt8](repeating: 9, count: 32)))
      await #expect(throws: StoreError.self) {
        try await Directory(store: server.store, masterKey: other, logger: server.log.logger)
      }
      await #expect(throws: StoreError.self) {
        try await Directory(store: InMemoryStore(), masterKey: other, logger: server.log.logger)
      }
    }
  }

  /// scrypt runs until the secret was presented rightly once; then a digest decides.
  @Test func anImportedSecretIsStretchedOnlyUntilItIsRecognised() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.importedSecret = "correct horse" }
      #expect(try await server.send(client.tokenRequest(["client_secret": "wrong horse"])).status == 400)
      #expect(try await server.send(client.tokenRequest()).status == 200)
      let cached = try #require(try server.directory.client(client.id))
      let hasher = SecretHasher(masterKey: server.masterKey)
      let stretcher = SecretStretcher(hasher: hasher)
      let now = server.clocks.wall.now
      #expect(cached.secret(matching: hasher.digest("correct horse")) != nil)
      #expect(cached.stretching(digest: hasher.digest("other"), "other", now, by: stretcher) == nil)
    }
  }
}
