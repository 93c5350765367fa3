import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What event loops have of a replica for themselves.
@Suite struct ReplicaReaderTests {
  @Test("A loop has a copy of a client that it is asked for again, and the same one from then on")
  func copies() async throws {
    try await TestServer.run { server in
      let id = try await server.makeClient().id
      _ = try await server.replica.loadClient(id)
      let shared = try #require(try server.replica.client(id))
      let (reader, other) = (server.replica.reader(), server.replica.reader())
      #expect(try reader.client(id) === shared, "asked for once")
      let copy = try #require(try reader.client(id))
      #expect(copy !== shared && copy.client == shared.client)
      #expect(try reader.client(id) === copy)
      for _ in 0..<3 { #expect(try other.client(id) !== copy) }
    }
  }

  @Test("Loops hear of a change with the next request")
  func changes() async throws {
    try await TestServer.run { server in
      let id = try await server.makeClient().id
      _ = try await server.replica.loadClient(id)
      let readers = [server.replica.reader(), server.replica.reader()]
      for reader in readers {
        for _ in 0..<3 { #expect(try reader.client(id)?.client.isEnabled == true) }
        #expect(try reader.facts().scopes.count == 4)
      }
      try await server.administration.setClient(id, enabled: false)
      _ = try await server.administration.createScope(
        "stock",
        description: "Stock",
        resource: Administration.defaultResource
      )
      try await server.replica.catchUp()
      _ = try await server.replica.loadClient(id)
      for reader in readers {
        #expect(try reader.client(id)?.client.isEnabled == false)
        #expect(try reader.facts().scopes.count == 5)
      }
    }
  }

  @Test("Facts stay where only clients have changed, and go from a loop that serves nobody when they have")
  func facts() async throws {
    try await TestServer.run { server in
      let id = try await server.makeClient().id
      try await server.replica.catchUp()
      let reader = server.replica.reader()
      weak let facts = try reader.facts()
      #expect(facts != nil)
      try await server.administration.setClient(id, enabled: false)
      try await server.replica.catchUp()
      #expect(try reader.facts() === facts)
      try await server.administration.retireScope("item")
      try await server.replica.catchUp()
      #expect(facts == nil, "nobody has asked the reader since")
    }
  }

  @Test("A token that one loop revokes is revoked for all")
  func revocation() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let tokens = try await [server.send(client.tokenRequest()), server.send(client.tokenRequest())].map {
        let token = try #require($0.accessToken)
        return try #require(try server.openToken(token))
      }
      let reader = server.replica.reader()
      for token in tokens { #expect(try !reader.isRevoked(token.id)) }
      try await server.replica.revoke(
        Revocation(of: tokens[0]),
        audit: AuditEvent(
          time: server.clocks.wall.now,
          actor: "test",
          action: .tokenRevoked,
          subject: client.id.rawValue
        )
      )
      #expect(try reader.isRevoked(tokens[0].id))
      #expect(try !reader.isRevoked(tokens[1].id))
    }
  }

  @Test("A loop that has not heard from the store for too long believes nothing of its own")
  func staleness() async throws {
    try await TestServer.run { server in
      let id = try await server.makeClient().id
      try await server.replica.catchUp()
      _ = try await server.replica.loadClient(id)
      let reader = server.replica.reader()
      for _ in 0..<3 { #expect(try reader.client(id) != nil) }
      server.clocks.advance(seconds: 601)
      #expect(throws: Interruption.self) { try reader.client(id) }
      #expect(throws: Interruption.self) { try reader.facts() }
      try await server.replica.catchUp()
      #expect(try reader.client(id) != nil)
    }
  }

  @Test("What loops counted of one client is told together")
  func usage() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let requests = 3
      for _ in 0..<requests { #expect(try await server.send(client.tokenRequest()).status == 200) }
      let other = try server.node.authorizationServer(.init(issuer: TestServer.issuer))
      let endpoint = try #require(other.routes["/oauth/token"])
      for _ in 0..<requests {
        let request = EndpointRequest(
          method: "POST",
          path: "/oauth/token",
          headers: .form,
          body: client.tokenRequest().body,
          origin: RequestOrigin(peer: try #require(SourceAddress("127.0.0.1")), over: .plain)
        )
        #expect(await endpoint.answer(request).response.status == 200)
      }
      try await server.replica.recordUsage()
      #expect(server.replica.unrecordedUsage == 0)
      let hour = UsageHour(of: server.clocks.wall.now).number
      let usage = try await server.store.usage(
        of: client.id,
        in: UsageHour(number: hour)..<UsageHour(number: hour + 1)
      )
      #expect(usage.map(\.counts.issued) == [Int64(2 * requests)])
    }
  }

  @Test(
    "A table of marks knows every revoked token, and is made anew when most are of tokens that are forgotten"
  )
  func marks() throws {
    var feed = RevocationFeed()
    let now = Timestamp(milliseconds: 1_000_000)
    let client = ClientID(validated: "client")
    let tokens = (0..<6000).compactMap { number in
      let random = withUnsafeBytes(of: UInt32(number * 7919).bigEndian, Array.init)
      return TokenID(bytes: [UInt8](repeating: 0, count: 8) + random)
    }
    for (number, token) in tokens.enumerated() {
      feed.insert(
        RevocationRecord(
          sequence: Int64(number + 1),
          token: token,
          clientID: client,
          issuedAt: now,
          expiresAt: now.advanced(bySeconds: number < 5900 ? 60 : 600)
        ),
        limit: RevocationLimit(),
        at: now
      )
    }
    let before = feed.marks
    #expect(tokens.count == 6000 && tokens.allSatisfy(before.mayContain))
    let isRenewedForNothing = feed.renewMarks()
    #expect(!isRenewedForNothing, "all are of tokens that are revoked")
    feed.forget(expiredBy: now.advanced(bySeconds: 61))
    let isRenewed = feed.renewMarks()
    #expect(isRenewed && feed.marks !== before)
    #expect(tokens[5900...].allSatisfy(feed.marks.mayContain))
    #expect(tokens[..<5900].count(where: feed.marks.mayContain) < 100)
  }
}
