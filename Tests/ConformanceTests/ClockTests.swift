import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// A clock that was ahead and was set back: no token is issued that would be dead, it is said why, and it can be mended.
@Suite(.everyDoor) struct ClockTests {
  /// Does something while the clock is an hour ahead.
  private func ahead<Value>(_ server: TestServer, _ body: () async throws -> Value) async throws -> Value {
    server.clocks.advance(seconds: 3600)
    try await server.directory.catchUp()
    let value = try await body()
    server.clocks.advance(seconds: -3600)
    try await server.directory.catchUp()
    return value
  }

  private func expectRefused(_ response: TestResponse) {
    expect(
      response,
      is: SeedError(
        status: 503,
        name: "temporarily_unavailable",
        reason: "Try again later"
      )
    )
    #expect(response.header("retry-after") == "60")
  }

  private func revokeTokens(of client: TestClient, _ server: TestServer) async throws {
    let notBefore = server.clocks.wall.now.advanced(byMilliseconds: 1)
    try await server.change(client) { $0.tokensNotBefore = notBefore }
  }

  private func repair(_ server: TestServer) async throws -> Administration.ClockRepair {
    let repaired = try await server.administration.repairAfterClockWasAhead()
    try await server.directory.catchUp()
    server.clocks.advance(milliseconds: 1)
    return repaired
  }

  @Test(
    "a client that was registered by a clock that was ahead gets no dead tokens, and after the repair live ones"
  )
  func client() async throws {
    try await TestServer.run { server async throws in
      let early = try await server.makeClient()
      let client = try await ahead(server) { try await server.makeClient() }
      expectRefused(try await server.send(client.tokenRequest()))
      // A line is written after its answer is on the way.
      try await wait {
        server.log.lines.contains { $0.contains("ahead of the clock") && $0.contains("--clock-was-ahead") }
      }
      expect(try await server.send(early.tokenRequest()), grants: "item", "who was there before")

      #expect(try await repair(server).clients == [client.id])
      for client in [client, early] {
        let response = try await server.send(client.tokenRequest())
        expect(response, grants: "item")
        let token = try #require(response.accessToken)
        #expect(try await isActive(server, token))
      }
    }
  }

  @Test("the same after all tokens were revoked, and none that was revoked lives again")
  func revokedAll() async throws {
    try await TestServer.run { server async throws in
      let client = try await server.makeClient()
      let other = try await server.makeClient()
      let stolen = try await ahead(server) {
        let token = try #require(try await server.send(client.tokenRequest()).accessToken)
        server.clocks.advance(seconds: 60)
        try await server.administration.revokeAllTokens()
        try await revokeTokens(of: other, server)
        server.clocks.advance(seconds: -60)
        return token
      }
      expectRefused(try await server.send(client.tokenRequest()))
      #expect(try timesAhead(server) != nil)

      #expect(try await repair(server).clients == [other.id])
      #expect(try timesAhead(server) == nil)
      expect(try await server.send(client.tokenRequest()), grants: "item")
      expect(try await server.send(other.tokenRequest()), grants: "item")
      for _ in 0..<8 {
        #expect(try await isActive(server, stolen) == false)
        server.clocks.advance(seconds: 500)
        try await server.directory.catchUp()
      }
    }
  }

  @Test(
    "where no time is ahead nothing is reported, and a revocation holds up the next token for no second"
  )
  func healthy() async throws {
    try await TestServer.run { server async throws in
      let client = try await server.makeClient()
      #expect(try timesAhead(server) == nil)
      _ = try await server.administration.rotateKey(for: .sealing)
      try await revokeTokens(of: client, server)
      try await server.directory.catchUp()
      #expect(try timesAhead(server) == nil)
      server.clocks.advance(milliseconds: 1)
      expect(try await server.send(client.tokenRequest()), grants: "item")
    }
  }

  @Test("keys of a clock that was years ahead are replaced, or none would be for years")
  func keys() async throws {
    try await TestServer.run { server async throws in
      server.clocks.advance(seconds: 315_360_000)
      _ = try await server.administration.rotateKey(for: .sealing)
      server.clocks.advance(seconds: -315_360_000)
      try await server.directory.catchUp()
      #expect(try timesAhead(server)?.contains("key 3") == true)
      #expect(try await repair(server).keys == 3)
      #expect(try timesAhead(server) == nil)
      let client = try await server.makeClient()
      expect(try await server.send(client.tokenRequest()), grants: "item")
    }
  }

  private func timesAhead(_ server: TestServer) throws -> String? {
    server.administration.timesAhead(try server.directory.facts())
  }

  private func isActive(_ server: TestServer, _ token: String) async throws -> Bool {
    var request = TestRequest()
    request.method = "GET"
    request.target = "/oauth2/verify?scope=item"
    request.headers = [("Authorization", "Bearer \(token)")]
    return try await server.send(request).status == 200
  }
}
