import TesseraCore
import TesseraJOSE
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// Clients whose secrets another service had hashed: what they notice, and what is kept after their first request.
@Suite(.everyDoor) struct ForeignSecretTests {
  private static let secret = "8cdBTxqsPzN4vGyqXuLm2wKtfR"
  private static let pbkdf2 =
    "$pbkdf2-sha256$i=25000,l=32$AAECAwQFBgcICQoLDA0ODw$c63PGiPMxT9tnHOdZkP2Vs5IKfkS5Y2wYpe/9lHq3CI"
  private static let bcrypt = "$2b$04$m0GVqxC4YTZbEW7/rzhgKuX8cJWiLyfkQyUzTCWZdC/s8DbxRdQ0m"
  private static let scrypt =
    "$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$2W0YbFE7Mkhsn621fwmRActX0A5WHaguQz37Hwyqpmc"
  private static let sha256 = "740f30c1645a85b6483ad4b73c0605483cef8b14dd16567a8b333633ab72c508"
  /// Of `summer2023`.
  private static let chosen = "$2y$04$.gTVdZxC9UBL5HL5MW4GEeXz2H2u.Qz/xEcfXZch4pA6rqytsy0x."

  /// A client that was taken over with this hash.
  private static func client(
    _ hash: String,
    secret: String = ForeignSecretTests.secret,
    in server: TestServer
  ) async throws -> TestClient {
    var client = ForeignClient(place: "line 1", id: "client-\(ClientID.random(using: .system))")
    client.scopes = ["item"]
    client.secret = .init(hash: hash)
    let report = try await server.administration.importClients([client], ClientImport(from: "hydra"))
    #expect(report.takenOver == 1 && report.remarks.isEmpty, "\(report)")
    try await server.replica.catchUp()
    return TestClient(id: try #require(ClientID(client.id)), secret: secret)
  }

  private static func hash(of client: TestClient, in server: TestServer) async throws -> SecretHash {
    try #require(try await server.store.client(client.id)?.secrets.first?.hash)
  }

  private static func replacements(of client: TestClient, in server: TestServer) async throws -> [AuditRecord]
  {
    let page = try await server.administration.auditRecords(subject: client.id.rawValue, limit: 10)
    return page.elements.filter { $0.event.details["hash"] != nil }
  }

  @Test(arguments: [
    ForeignSecretTests.pbkdf2, ForeignSecretTests.bcrypt, ForeignSecretTests.scrypt,
    ForeignSecretTests.sha256,
  ])
  func theOldSecretGetsATokenAndIsThenKeptAsOurs(hash: String) async throws {
    try await TestServer.run { server in
      let client = try await ForeignSecretTests.client(hash, in: server)
      expect(try await server.send(client.tokenRequest()), grants: "item", "the first use")
      expect(try await server.send(client.basicTokenRequest()), grants: "item", "before it is written")
      guard case .foreign = try await ForeignSecretTests.hash(of: client, in: server) else {
        Issue.record("the token does not wait for the store")
        return
      }
      let before = try #require(try await server.store.client(client.id))
      try await server.replica.writeSecretReplacements()
      try await server.replica.catchUp()
      let digest = SecretHasher(masterKey: server.masterKey).digest(client.secret)
      #expect(try await ForeignSecretTests.hash(of: client, in: server) == .keyed(digest))
      let after = try #require(try await server.store.client(client.id))
      #expect(after.version == before.version, "nothing that an operator sees was changed")
      #expect(after.secrets[0].createdAt == before.secrets[0].createdAt)
      #expect(after.secrets[0].prefix == "8cdB")
      expect(try await server.send(client.tokenRequest()), grants: "item", "the second use")
      expect(try await server.send(client.tokenRequest(["client_secret": "wrong"])), is: .failedInBody)
      let audit = try await ForeignSecretTests.replacements(of: client, in: server)
      #expect(audit.count == 1 && audit[0].event.actor == "server")
      #expect(audit[0].event.details["secret"] == "default")
    }
  }

  @Test func aWrongSecretIsRefusedAsAnyOtherAndReplacesNothing() async throws {
    try await TestServer.run { server in
      let client = try await ForeignSecretTests.client(ForeignSecretTests.pbkdf2, in: server)
      let unknown = TestClient(id: .random(using: .system), secret: client.secret)
      let refused = try await server.send(client.tokenRequest(["client_secret": "wrong"])).withoutDate
      expect(refused, is: .failedInBody)
      #expect(try await server.send(unknown.tokenRequest()).withoutDate == refused)
      let wrong = TestClient(id: client.id, secret: ForeignSecretTests.pbkdf2)
      expect(try await server.send(wrong.basicTokenRequest()), is: .failedInHeader, "the hash is no secret")
      try await server.replica.writeSecretReplacements()
      #expect(try await ForeignSecretTests.replacements(of: client, in: server).isEmpty)
      expect(try await server.send(client.tokenRequest()), grants: "item")
    }
  }

  @Test func aSecretThatSomebodyChoseIsStretchedAfterwards() async throws {
    try await TestServer.run { server in
      let client = try await ForeignSecretTests.client(
        ForeignSecretTests.chosen,
        secret: "summer2023",
        in: server
      )
      expect(try await server.send(client.tokenRequest()), grants: "item")
      try await server.replica.writeSecretReplacements()
      try await server.replica.catchUp()
      guard case .stretched = try await ForeignSecretTests.hash(of: client, in: server) else {
        Issue.record("who guesses has to take long")
        return
      }
      expect(try await server.send(client.tokenRequest()), grants: "item")
      #expect(try await server.store.client(client.id)?.secrets.first?.prefix == nil)
    }
  }

  @Test func manyAtOnceAreAllServedAndReplaceItOnce() async throws {
    try await TestServer.run { server in
      let client = try await ForeignSecretTests.client(ForeignSecretTests.pbkdf2, in: server)
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<20 { group.addTask { try await server.send(client.tokenRequest()).status } }
        for try await status in group { #expect(status == 200) }
      }
      async let first: Void = server.replica.writeSecretReplacements()
      async let second: Void = server.replica.writeSecretReplacements()
      _ = try await (first, second)
      #expect(try await ForeignSecretTests.replacements(of: client, in: server).count == 1)
    }
  }

  @Test func aStoreThatIsAwayKeepsNoTokenBackAndIsWrittenLater() async throws {
    try await TestServer.run { server in
      let client = try await ForeignSecretTests.client(ForeignSecretTests.bcrypt, in: server)
      // Into memory, where it is asked for without the store.
      expect(try await server.send(client.tokenRequest(["client_secret": "wrong"])), is: .failedInBody)
      server.store.failure = .unavailable("the test says so")
      expect(try await server.send(client.tokenRequest()), grants: "item")
      await #expect(throws: StoreError.self) { try await server.replica.writeSecretReplacements() }
      expect(try await server.send(client.tokenRequest()), grants: "item")
      server.store.failure = nil
      try await server.replica.writeSecretReplacements()
      #expect(try await ForeignSecretTests.replacements(of: client, in: server).count == 1)
    }
  }

  @Test func aSecretThatWasRevokedMeanwhileDoesNotComeBack() async throws {
    try await TestServer.run { server in
      let client = try await ForeignSecretTests.client(ForeignSecretTests.bcrypt, in: server)
      expect(try await server.send(client.tokenRequest()), grants: "item")
      try await server.administration.revokeSecret(named: "default", of: client.id)
      try await server.replica.writeSecretReplacements()
      try await server.replica.catchUp()
      #expect(try await server.store.client(client.id)?.secrets.isEmpty == true)
      expect(try await server.send(client.tokenRequest()), is: .failedInBody)
    }
  }

  @Test func guessesFromEverywhereAreSlowedDown() async throws {
    var options = TestServer.Options()
    options.proxies = TrustedProxies([try #require(AddressRange("127.0.0.1"))])
    try await TestServer.run(options) { server in
      let client = try await ForeignSecretTests.client(ForeignSecretTests.sha256, in: server)
      var statuses: [Int: Int] = [:]
      for network in 0..<120 {
        let guess = client.tokenRequest(["client_secret": "wrong \(network)"]).forwarded(
          for: "10.0.\(network).1"
        )
        statuses[try await server.send(guess).status, default: 0] += 1
      }
      #expect(statuses[429] == 24, "as for an imported secret: \(statuses)")
    }
  }
}
