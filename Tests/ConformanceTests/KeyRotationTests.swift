import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// Keys come and go without anybody noticing.
@Suite struct KeyRotationTests {
  private static let keySet = "/.well-known/jwks.json"

  private func keyIDs(_ server: TestServer) async throws -> [String] {
    let keys = try await server.get(KeyRotationTests.keySet).json["keys"] as? [[String: Any]]
    return try #require(keys).compactMap { $0["kid"] as? String }
  }

  private func token(_ server: TestServer, _ client: TestClient) async throws -> TestJWT {
    try TestJWT(try #require(try await server.send(client.tokenRequest()).accessToken))
  }

  @Test("A12 a key is in the key set before its first use")
  func published() async throws {
    try await TestServer.run { server async throws in
      let client = try await server.makeClient { $0.tokenFormat = .jwt }
      for _ in 0..<3 {
        server.clocks.advance(seconds: 2_592_000 - 86_400)
        try await server.rotateKeys()
        let published = try await keyIDs(server)
        let kid = try #require(try await token(server, client).header["kid"] as? String)
        #expect(published.first { $0 != kid } != nil, "the next key is published")
        server.clocks.advance(seconds: 86_410)
        try await server.directory.catchUp()
        let next = try #require(try await token(server, client).header["kid"] as? String)
        #expect(next != kid)
        #expect(published.contains(next))
      }
    }
  }

  @Test(
    "W12 a new key is published a key set's lifetime before use, an old one kept a token's lifetime after"
  )
  func schedule() async throws {
    var options = TestServer.Options()
    options.keys = KeyRotation.Settings(interval: 1000, publicationTime: 300, keySetLifetime: 300)
    try await TestServer.run(options) { server async throws in
      let client = try await server.makeClient { $0.tokenFormat = .jwt }
      let resourceServer = try await server.makeClient { $0.introspectedResources = [TokenWorld.resource] }
      let first = try #require(try await server.send(client.tokenRequest()).accessToken)
      let world = TokenWorld(server: server, client: client, resourceServer: resourceServer, token: first)
      let kid = try #require(try TestJWT(first).header["kid"] as? String)
      var publishedAt: Int?
      var usedAt: Int?
      for second in stride(from: 0, through: 1200, by: 5) {
        try await server.rotateKeys()
        let published = try await keyIDs(server)
        #expect(published.contains(kid))
        if publishedAt == nil, published.count == 2 { publishedAt = second }
        if usedAt == nil, try await token(server, client).header["kid"] as? String != kid { usedAt = second }
        #expect(try await world.introspect(first).json["active"] as? Bool == true)
        server.clocks.advance(seconds: 5)
      }
      #expect(try #require(usedAt) - (try #require(publishedAt)) >= 300)
      #expect(usedAt == 1000)
      // The last token of the first key is valid for the longest lifetime at most, which is a day.
      server.clocks.advance(seconds: 86_400 - 210)
      try await server.rotateKeys()
      #expect(try await keyIDs(server).contains(kid))
      server.clocks.advance(seconds: 400)
      try await server.rotateKeys()
      #expect(try await !keyIDs(server).contains(kid))
    }
  }

  @Test("P sealing keys rotate the same way, and tokens of the one before stay valid")
  func sealing() async throws {
    try await TestServer.run { server async throws in
      let client = try await server.makeClient { $0.tokenLifetime = 86_400 }
      let resourceServer = try await server.makeClient { $0.introspectedResources = [TokenWorld.resource] }
      server.clocks.advance(seconds: 2_592_000 - 86_400)
      try await server.rotateKeys()
      server.clocks.advance(seconds: 86_000)
      try await server.directory.catchUp()
      let token = try #require(try await server.send(client.tokenRequest()).accessToken)
      server.clocks.advance(seconds: 1000)
      try await server.rotateKeys()
      let world = TokenWorld(server: server, client: client, resourceServer: resourceServer, token: token)
      #expect(try await world.introspect(token).json["active"] as? Bool == true)
      let states = try await server.administration.keys().filter { $0.key.use == .sealing }.map(\.state)
      #expect(states == [.retiring, .active])
    }
  }

  @Test("P of many processes that rotate at once, each step is done once")
  func once() async throws {
    try await TestServer.run { server async throws in
      server.clocks.advance(seconds: 2_592_000)
      try await server.directory.catchUp()
      let uses = try server.directory.facts().keyUses
      let performed = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<20 {
          group.addTask { try await server.administration.performRotation(uses: uses) }
        }
        return try await group.reduce(0, +)
      }
      #expect(performed >= 1)
      // Those that lost a race look again a second later.
      try await server.rotateKeys()
      let keys = try await server.administration.keys()
      for use in uses { #expect(keys.count { $0.key.use == use } == 2, "\(use)") }
    }
  }

  @Test("P a rotation by hand of several keys adds all of them or none")
  func allOrNone() async throws {
    try await TestServer.run { server async throws in
      let administration = server.administration
      let (sealing, signing) = (KeyUse.sealing, KeyUse.signing(.es256))
      let waiting = try await administration.rotateKey(for: signing)
      let before = try await administration.keys().map(\.key)
      await #expect(throws: AdministrationError.self) {
        try await administration.rotateKeys(for: [sealing, signing])
      }
      #expect(try await administration.keys().map(\.key) == before)
      let keys = try await administration.rotateKeys(for: [sealing, signing, sealing], now: true)
      #expect(keys.map(\.number) == [waiting.number + 1, waiting.number])
      #expect(Set(keys.map(\.activatesAt)) == [server.clocks.wall.now.advanced(bySeconds: 5)])
      #expect(try await administration.keys().count == before.count + 1)
    }
  }

  @Test("P a resource that is refused leaves no key behind")
  func refusedResource() async throws {
    try await TestServer.run { server async throws in
      let before = try await server.administration.keys().map(\.key)
      await #expect(throws: AdministrationError.self) {
        _ = try await server.administration.createResource(
          TokenWorld.resource,
          description: "x",
          signingAlgorithm: .edDSA
        )
      }
      var update = ResourceUpdate()
      update.signingAlgorithm = .some(.edDSA)
      await #expect(throws: AdministrationError.self) {
        _ = try await server.administration.updateResource("https://nobody.example", update)
      }
      #expect(try await server.administration.keys().map(\.key) == before)
    }
  }

  @Test("P a rotation by hand waits its turn, at once when it is told to, and not twice")
  func byHand() async throws {
    try await TestServer.run { server async throws in
      let administration = server.administration
      let use = KeyUse.signing(.es256)
      let key = try await administration.rotateKey(for: use)
      #expect(key.activatesAt == server.clocks.wall.now.advanced(bySeconds: 86_405))
      await #expect(throws: AdministrationError.self) { _ = try await administration.rotateKey(for: use) }
      let sooner = try await administration.rotateKey(for: use, now: true)
      #expect(sooner.number == key.number)
      #expect(sooner.activatesAt == server.clocks.wall.now.advanced(bySeconds: 5))
      server.clocks.advance(seconds: 5)
      let next = try await administration.rotateKey(for: use, now: true)
      #expect(next.number > key.number)
    }
  }

  @Test(
    "P an algorithm is used once its first key was published for long enough, and until then the standard one"
  )
  func newAlgorithm() async throws {
    try await TestServer.run { server async throws in
      var update = ResourceUpdate()
      update.signingAlgorithm = .some(.edDSA)
      _ = try await server.administration.updateResource(TokenWorld.resource, update)
      try await server.directory.catchUp()
      let client = try await server.makeClient { $0.tokenFormat = .jwt }
      #expect(try await token(server, client).header["alg"] as? String == "ES256")
      server.clocks.advance(seconds: 305)
      try await server.directory.catchUp()
      #expect(try await token(server, client).header["alg"] as? String == "EdDSA")
    }
  }
}
