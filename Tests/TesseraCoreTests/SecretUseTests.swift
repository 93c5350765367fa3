import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// Which secret was used when, how often and from where, told to the store now and then.
@Suite struct SecretUseTests {
  private func uses(_ server: TestServer, _ client: TestClient) async throws -> [SecretUse?] {
    try await server.replica.recordSecretUses()
    let stored = try #require(try await server.store.client(client.id))
    return try await server.administration.secrets(of: stored).map(\.use)
  }

  @Test func eachSecretIsCountedByItself() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let second = try await server.administration.addSecret(
        to: client.id,
        named: try DisplayName("second", of: .secretName)
      )
      try await server.replica.catchUp()
      for _ in 0..<3 { #expect(try await server.send(client.tokenRequest()).status == 200) }
      #expect(try await server.send(client.basicTokenRequest()).status == 200)
      #expect(try await server.store.secretUses(of: client.id) == [], "nothing is told on the way")
      var uses = try await uses(server, client)
      #expect(uses.map { $0?.count } == [4, nil])
      #expect(uses[0]?.address == "127.0.0.1")
      #expect(uses[0]?.lastUsedAt == server.clocks.wall.now)
      #expect(uses[0]?.isRecent(at: server.clocks.wall.now) == true)

      server.clocks.advance(seconds: 86_400)
      try await server.replica.catchUp()
      let other = TestClient(id: client.id, secret: second.secret.exposed)
      #expect(try await server.send(other.tokenRequest()).status == 200)
      uses = try await self.uses(server, client)
      #expect(uses.map { $0?.count } == [4, 1])
      #expect(uses.map { $0?.isRecent(at: server.clocks.wall.now) } == [false, true])
    }
  }

  @Test func onlyWhoIsAdmittedHasUsedASecret() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.secretExpiresInDays = 1 }
      #expect(try await server.send(client.tokenRequest(["client_secret": "wrong"])).status == 400)
      server.clocks.advance(seconds: 86_400)
      try await server.replica.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 400)
      #expect(try await uses(server, client) == [nil])
    }
  }

  @Test func anImportedSecretIsCountedFromTheFirstUseOn() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.importedSecret = "correct horse battery staple" }
      for _ in 0..<2 { #expect(try await server.send(client.tokenRequest()).status == 200) }
      #expect(try await uses(server, client).map { $0?.count } == [2])
    }
  }

  @Test func whatCouldNotBeToldIsToldTheNextTime() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      server.store.failure = .unavailable("away")
      await #expect(throws: StoreError.unavailable("away")) {
        try await server.replica.recordSecretUses()
      }
      #expect(try await server.send(client.tokenRequest()).status == 200)
      await #expect(throws: StoreError.unavailable("away")) {
        try await server.replica.recordSecretUses()
      }
      server.store.failure = nil
      #expect(try await uses(server, client).map { $0?.count } == [2])
      #expect(try await uses(server, client).map { $0?.count } == [2], "and only once")
    }
  }

  @Test func aChangeOfTheClientLosesNoUse() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      try await server.change(client) { $0.tokenLifetime = 60 }
      #expect(try await server.send(client.tokenRequest()).status == 200)
      #expect(try await uses(server, client).map { $0?.count } == [2])
    }
  }

  @Test(arguments: [("ABCDEFGHIJKLMNOPQRST", "ABCD"), ("ABCDEFGHIJKLMNOPQRS", nil)] as [(String, String?)])
  func ofAShortSecretNothingIsShown(secret: String, prefix: String?) async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.importedSecret = secret }
      #expect(try await server.store.client(client.id)?.secrets.first?.prefix == prefix)
      let made = try await server.makeClient()
      #expect(try await server.store.client(made.id)?.secrets.first?.prefix == String(made.secret.prefix(4)))
    }
  }
}
