import TesseraCore
import TesseraTestSupport
import Testing

/// How many token requests a client may make.
@Suite(.everyDoor) struct QuotaTests {
  private static let overQuota = ContractError(status: 429, name: "slow_down", reason: "Try again later")

  /// A client with this quota.
  private func client(_ quota: Quota, _ server: TestServer) async throws -> TestClient {
    let client = try await server.makeClient()
    try await server.change(client) { $0.quota = quota }
    return client
  }

  @Test("G6 a client beyond its quota gets 429 with Retry-After and the RateLimit fields, and no other does")
  func refusal() async throws {
    try await TestServer.run { server in
      let client = try await client(Quota(perMinute: 6, burst: 2), server)
      let other = try await server.makeClient()
      for (remaining, reset) in [(1, 10), (0, 20)] {
        let response = try await server.send(client.tokenRequest())
        expect(response, grants: "item")
        #expect(response.header("ratelimit-policy") == #""client";q=6;w=60"#)
        #expect(response.header("ratelimit") == #""client";r=\#(remaining);t=\#(reset)"#)
        #expect(response.header("retry-after") == nil)
      }
      for (passed, wait) in [(0, 10), (1, 10), (8500, 2)] {
        server.clocks.advance(milliseconds: Int64(passed))
        let response = try await server.send(client.tokenRequest())
        expect(response, is: QuotaTests.overQuota)
        #expect(response.header("retry-after") == "\(wait)")
        #expect(response.header("ratelimit-policy") == #""client";q=6;w=60"#)
        #expect(response.header("ratelimit") == #""client";r=0;t=\#(wait)"#)
      }
      let response = try await server.send(other.tokenRequest())
      expect(response, grants: "item")
      #expect(response.headers.allSatisfy { !$0.name.hasPrefix("ratelimit") })
      server.clocks.advance(milliseconds: 1499)
      expect(try await server.send(client.tokenRequest()), grants: "item")
      expect(try await server.send(client.tokenRequest()), is: QuotaTests.overQuota)
      try await wait {
        server.log.lines.contains {
          $0.contains("status=429") && $0.contains("client=\(client.id)")
            && $0.contains("detail=the client has used up its quota of 6 requests a minute, 2 at once")
        }
      }
    }
  }

  @Test("G6 only the client itself uses its quota up, whatever comes of its requests")
  func strangers() async throws {
    try await TestServer.run { server in
      let client = try await client(Quota(perMinute: 1, burst: 3), server)
      for _ in 0..<4 {
        expect(
          try await server.send(client.tokenRequest(["client_secret": "wrong-secret"])),
          is: .failedInBody
        )
        expect(try await server.send(client.tokenRequest(["client_secret": nil])), is: .missingCredentials)
      }
      let refused = try await server.send(client.tokenRequest(["scope": "nothing"]))
      expect(refused, is: .invalidScope)
      #expect(refused.header("ratelimit") == #""client";r=2;t=60"#)
      #expect(try await server.send(client.tokenRequest(["grant_type": "password"])).status == 400)
      expect(try await server.send(client.basicTokenRequest()), grants: "item", "by another method")
      expect(try await server.send(client.tokenRequest(["scope": "nothing"])), is: QuotaTests.overQuota)
      expect(
        try await server.send(client.tokenRequest(["client_secret": "wrong-secret"])),
        is: .failedInBody,
        "a stranger does not learn of it"
      )
    }
  }

  @Test("G6 of requests at once, on whatever connections, as many get a token as the quota allows")
  func concurrency() async throws {
    try await TestServer.run { server in
      let client = try await client(Quota(perMinute: 1, burst: 25), server)
      // Not in memory yet: the first of them wait for the store, and count once all the same.
      let statuses = try await withThrowingTaskGroup { group in
        for _ in 0..<60 { group.addTask { try await server.send(client.tokenRequest()).status } }
        return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      }
      #expect(statuses == [200: 25, 429: 35])
    }
  }

  @Test("G6 a quota that only logs refuses nothing, and tells it once")
  func logOnly() async throws {
    try await TestServer.run { server in
      let client = try await client(Quota(perMinute: 6, burst: 2, isLogOnly: true), server)
      for _ in 0..<10 {
        let response = try await server.send(client.tokenRequest())
        expect(response, grants: "item")
        #expect(response.headers.allSatisfy { !$0.name.hasPrefix("ratelimit") })
      }
      func lines() -> [String] { server.log.lines.filter { $0.contains("beyond its quota") } }
      #expect(lines().count == 1)
      #expect(lines().first?.contains("client=\(client.id)") == true)
      #expect(lines().first?.contains("6 requests a minute, 2 at once") == true)
      server.clocks.advance(seconds: 60)
      for _ in 0..<3 { expect(try await server.send(client.tokenRequest()), grants: "item") }
      #expect(lines().count == 2 && lines().last?.contains("requests_beyond=8") == true, "\(lines())")
    }
  }

  @Test("G6 a change of a client gives nothing back, and another quota counts at once")
  func change() async throws {
    try await TestServer.run { server in
      let client = try await client(Quota(perMinute: 1, burst: 2), server)
      for _ in 0..<2 { expect(try await server.send(client.tokenRequest()), grants: "item") }
      for owner in ["A", "B"] {
        try await server.change(client) { $0.owner = owner }
        expect(try await server.send(client.tokenRequest()), is: QuotaTests.overQuota)
      }
      try await server.change(client) { $0.quota = Quota(perMinute: 60, burst: 2) }
      expect(try await server.send(client.tokenRequest()), is: QuotaTests.overQuota)
      server.clocks.advance(seconds: 2)
      expect(try await server.send(client.tokenRequest()), grants: "item")
      try await server.change(client) { $0.quota = nil }
      for _ in 0..<5 { expect(try await server.send(client.tokenRequest()), grants: "item") }
    }
  }

  @Test("G6 introspection and revocation are not counted")
  func otherEndpoints() async throws {
    try await TokenWorld.run { world in
      let server = world.server
      for client in [world.client, world.resourceServer] {
        try await server.change(client) { $0.quota = Quota(perMinute: 1) }
      }
      for _ in 0..<3 { #expect(try await world.introspect(world.token).status == 200) }
      for _ in 0..<3 { #expect(try await world.revoke(world.token).status == 200) }
      expect(try await server.send(world.client.tokenRequest()), grants: "item")
      expect(try await server.send(world.client.tokenRequest()), is: QuotaTests.overQuota)
      #expect(try await world.revoke(world.token).status == 200)
    }
  }
}
