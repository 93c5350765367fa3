import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// `private_key_jwt` as a method among others.
@Suite(.everyDoor) struct PrivateKeyJWTTests {
  /// The client with a secret that it has beside its key.
  private func clientWithSecret(in world: AssertionWorld) async throws -> TestClient {
    let added = try await world.server.administration.addSecret(
      to: world.client.id,
      named: DisplayName.firstSecret
    )
    try await world.server.replica.catchUp()
    return TestClient(id: world.client.id, secret: added.secret.exposed)
  }

  @Test func oneMethodInARequest() async throws {
    try await AssertionWorld.run { world in
      let client = try await clientWithSecret(in: world)
      let secret: [String: String?] = ["client_id": client.id.rawValue, "client_secret": client.secret]
      expect(try await world.send(world.assertion(), secret), is: .severalMethods)
      let request = client.tokenRequest(signed: world.assertion()).basic(client.id.rawValue, client.secret)
      expect(try await world.server.send(request), is: .severalMethods)
      try await world.expectTwinPasses()
    }
  }

  @Test func aClientIsHeldToItsMethod() async throws {
    try await AssertionWorld.run { world in
      let client = try await clientWithSecret(in: world)
      expect(try await world.server.send(client.tokenRequest()), is: .failedInBody, "its secret")
      try await world.expectTwinPasses()
      try await world.server.change(client) { $0.authenticationMethod = .clientSecretPost }
      expect(try await world.send(world.assertion()), is: .failedInBody)
      expect(try await world.server.send(client.tokenRequest()), grants: "item")
      try await world.server.change(client) { $0.authenticationMethod = nil }
      expect(try await world.server.send(client.tokenRequest()), grants: "item", "either")
      try await world.expectTwinPasses()
    }
  }

  @Test func aKeyThatHasExpiredProvesNothing() async throws {
    try await AssertionWorld.run { world in
      let end = world.server.clocks.wall.now.advanced(bySeconds: 100)
      let later = TestSigner(.es256, id: "later")
      try await world.server.register([world.key, later], of: world.client, until: end)
      world.server.clocks.advance(milliseconds: 99_999)
      try await world.expectTwinPasses()
      world.server.clocks.advance(milliseconds: 1)
      expect(try await world.send(world.assertion()), is: .failedInBody)
      try await world.server.register(
        [world.key, later],
        of: world.client,
        until: end.advanced(bySeconds: 9)
      )
      try await world.expectTwinPasses()
    }
  }

  @Test func aDisabledClientAndOneThatDoesNotExistAreRefusedAlike() async throws {
    try await AssertionWorld.run { world in
      let stranger = TestClient(id: .random(using: .system), secret: "")
      let unknown = stranger.tokenRequest(signed: world.server.assertion(of: stranger).signed(by: world.key))
      expect(try await world.server.send(unknown), is: .failedInBody)
      try await world.server.administration.setClient(world.client.id, enabled: false)
      try await world.server.replica.catchUp()
      expect(try await world.send(world.assertion()), is: .failedInBody)
      try await world.server.administration.setClient(world.client.id, enabled: true)
      try await world.server.replica.catchUp()
      // Disabling ended all tokens of its millisecond.
      world.server.clocks.advance(seconds: 1)
      try await world.expectTwinPasses()
    }
  }

  @Test func wrongSignaturesCountAgainstTheLimitAsWrongSecretsDo() async throws {
    try await TestServer.run { server in
      let (client, key) = (try await server.makeClient(), TestSigner(.es256))
      try await server.register([key], of: client)
      func send(by signer: TestSigner) async throws -> TestResponse {
        try await server.send(client.tokenRequest(signed: server.assertion(of: client).signed(by: signer)))
      }
      for _ in 0..<10 { expect(try await send(by: key), grants: "item") }
      for _ in 0..<6 { expect(try await send(by: TestSigner(.es256)), is: .failedInBody) }
      #expect(try await send(by: key).status == 429)
      #expect(try await server.send(client.tokenRequest()).status == 429, "a secret, by the same limit")
      server.clocks.advance(seconds: 1)
      try await server.replica.catchUp()
      expect(try await send(by: key), grants: "item")
    }
  }

  @Test func itIsGoodForIntrospectionAndRevocation() async throws {
    try await TokenWorld.run { world in
      let key = TestSigner(.edDSA)
      for client in [world.client, world.resourceServer] {
        try await world.server.register([key], of: client)
      }
      func post(_ path: String, by client: TestClient) async throws -> TestResponse {
        let assertion = world.server.assertion(of: client).signed(by: key)
        var request = TestRequest(form: [
          ("client_assertion", assertion), ("client_assertion_type", TestClient.jwtBearer),
          ("token", world.token),
        ])
        request.target = path
        return try await world.server.send(request)
      }
      #expect(try await post("/oauth2/introspect", by: world.resourceServer).text.contains(#""active":true"#))
      #expect(try await post("/oauth2/revoke", by: world.client).status == 200)
      try await world.server.replica.catchUp()
      #expect(try await post("/oauth2/introspect", by: world.resourceServer).text == TokenWorld.inactive)
    }
  }

  @Test func theLogSaysWhyAndTheAnswerDoesNot() async throws {
    try await AssertionWorld.run { world in
      let bad = try await world.send(world.assertion(by: TestSigner(.es256)))
      let late = try await world.send("exp", "1")
      #expect(bad.text == late.text)
      let denials = await world.server.denials()
      let reasons = denials.all.compactMap(\.error.privateDetail)
      #expect(reasons.contains("the signature of the assertion is wrong"))
      #expect(reasons.contains("the assertion has expired"))
    }
  }
}
