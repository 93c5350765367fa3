import TesseraCore
import TesseraTestSupport
import Testing

/// Nonces that a server gives out for DPoP proofs (RFC 9449 §8).
@Suite(.everyDoor) struct DPoPNonceTests {
  private func run(_ body: (DPoPWorld) async throws -> Void) async throws {
    var options = TestServer.Options()
    options.requiresProofNonce = true
    try await DPoPWorld.run(options, body)
  }

  private func nonce(of world: DPoPWorld) async throws -> String {
    let response = try await world.ask(world.draft.signed())
    expect(response, is: DPoPWorld.nonceWanted)
    return try #require(response.header("dpop-nonce"))
  }

  @Test("D18 a proof without a nonce is answered use_dpop_nonce and one that nobody can guess")
  func wanted() async throws {
    try await run { world async throws in
      let response = try await world.ask(world.draft.signed())
      expect(response, is: DPoPWorld.nonceWanted)
      #expect(response.headers.filter { $0.name == "dpop-nonce" }.count == 1)
      let nonce = try #require(response.header("dpop-nonce"))
      #expect(nonce.count == 32, "192 bits")
      let granted = try await world.ask(world.draft.claim("nonce", #""\#(nonce)""#).signed())
      #expect(granted.member("token_type") == "DPoP")
      #expect(granted.headers.filter { $0.name == "dpop-nonce" }.count == 1)
      world.server.clocks.advance(seconds: 120)
      #expect(try await self.nonce(of: world) != nonce)
    }
  }

  @Test("D18 a server that wants no nonces gives none, and a request without a proof gets none")
  func unwanted() async throws {
    try await DPoPWorld.run { world async throws in
      let response = try await world.ask(world.draft.signed())
      #expect(response.status == 200 && response.header("dpop-nonce") == nil)
    }
    try await run { world async throws in
      let response = try await world.ask()
      #expect(response.status == 200 && response.header("dpop-nonce") == nil)
    }
  }

  @Test("D19 a nonce that is wrong or old is refused")
  func wrong() async throws {
    try await run { world async throws in
      let nonce = try await nonce(of: world)
      for other in ["x", nonce + "x", String(nonce.dropLast()), nonce.uppercased(), String(nonce.reversed())]
      {
        let response = try await world.ask(world.draft.claim("nonce", #""\#(other)""#).signed())
        expect(response, is: DPoPWorld.nonceWanted, "\(other)")
      }
      for value in [#""""#, "7", "null", #"["\#(nonce)"]"#, #""\#(String(repeating: "n", count: 257))""#] {
        try await world.expectRefusal(of: world.draft.claim("nonce", value).signed(), "\(value)")
      }
      world.server.clocks.advance(seconds: 120)
      let late = try await world.ask(world.draft.claim("nonce", #""\#(nonce)""#).signed())
      #expect(late.status == 200, "the one before counts as well")
      world.server.clocks.advance(seconds: 120)
      let old = try await world.ask(world.draft.claim("nonce", #""\#(nonce)""#).signed())
      expect(old, is: DPoPWorld.nonceWanted)
    }
  }

  @Test("D20 whoever was given a nonce gets nothing without it")
  func missing() async throws {
    try await run { world async throws in
      let nonce = try await nonce(of: world)
      #expect(try await world.ask(world.draft.claim("nonce", #""\#(nonce)""#).signed()).status == 200)
      for _ in 0..<3 { expect(try await world.ask(world.draft.signed()), is: DPoPWorld.nonceWanted) }
      #expect(try await world.ask(world.draft.claim("nonce", #""\#(nonce)""#).signed()).status == 200)
    }
  }

  @Test("D18 two nodes take each other's nonces")
  func nodes() async throws {
    try await run { world async throws in
      let nonce = try await nonce(of: world)
      let other = try world.server.node.authorizationServer(
        AuthorizationServer.Settings(issuer: TestServer.issuer, requiresProofNonce: true)
      )
      let proof = try world.draft.claim("nonce", #""\#(nonce)""#).signed()
      let request = world.client.tokenRequest()
      let endpoint = try #require(other.routes[Door.current.rawValue])
      let answer = endpoint.answer(
        EndpointRequest(
          method: "POST",
          path: Door.current.rawValue,
          headers: RequestHeaders(request.headers + [("DPoP", proof)]),
          body: request.body,
          origin: RequestOrigin(peer: try #require(SourceAddress("127.0.0.1")), over: .plain)
        )
      )
      #expect(await answer.response.status == 200)
    }
  }
}
