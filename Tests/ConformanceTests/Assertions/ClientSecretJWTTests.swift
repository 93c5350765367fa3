import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// `client_secret_jwt`: the same claims, authenticated by the secret.
@Suite(.everyDoor) struct ClientSecretJWTTests {
  private struct World {
    let server: TestServer
    let client: TestClient

    func send(by secret: String, _ change: (inout TestAssertion) -> Void = { _ in }) async throws
      -> TestResponse
    {
      var assertion = server.assertion(of: client)
      change(&assertion)
      return try await server.send(client.tokenRequest(signed: assertion.authenticated(by: secret)))
    }
  }

  private func run(_ body: (World) async throws -> Void) async throws {
    var options = TestServer.Options()
    options.failureLimit.freeFailures = 1000
    try await TestServer.run(options) { server in
      let client = try await server.makeClient { $0.authenticationMethod = .clientSecretJWT }
      try await body(World(server: server, client: client))
    }
  }

  @Test func theSecretProvesAndAnotherDoesNot() async throws {
    try await run { world in
      expect(try await world.send(by: world.client.secret), grants: "item")
      for secret in [
        "", world.client.secret.lowercased(), world.client.secret + "A", String(repeating: "\0", count: 32),
      ] {
        expect(try await world.send(by: secret), is: .failedInBody)
      }
      expect(try await world.send(by: world.client.secret), grants: "item", "the twin")
    }
  }

  @Test func theClaimsAreThoseOfEveryAssertion() async throws {
    try await run { world in
      let secret = world.client.secret
      for (claim, json) in [
        ("aud", #""https://other.example""#), ("exp", "1"), ("jti", nil), ("iss", #""x""#), ("iat", "1e400"),
      ] as [(String, String?)] {
        expect(try await world.send(by: secret) { $0.set(claim, json) }, is: .failedInBody, "\(claim)")
      }
      let assertion = world.server.assertion(of: world.client).authenticated(by: secret)
      let request = world.client.tokenRequest(signed: assertion)
      expect(try await world.server.send(request), grants: "item")
      expect(try await world.server.send(request), is: .failedInBody, "it counts once")
      let endpoint = #""\#(TestServer.issuer)\#(Door.current.rawValue)""#
      expect(try await world.send(by: secret) { $0.set("aud", endpoint) }, grants: "item")
      try await world.server.change(world.client) { $0.keyMetadata.requiresStrictAssertions = true }
      expect(try await world.send(by: secret) { $0.set("aud", endpoint) }, is: .failedInBody, "strict")
    }
  }

  @Test func onlyForClientsThatAreRegisteredForIt() async throws {
    try await run { world in
      let other = try await world.server.makeClient()
      let assertion = world.server.assertion(of: other).authenticated(by: other.secret)
      expect(try await world.server.send(other.tokenRequest(signed: assertion)), is: .failedInBody)
      expect(
        try await world.server.send(world.client.tokenRequest()),
        is: .failedInBody,
        "its secret in the form"
      )
      let stranger = TestClient(id: .random(using: .system), secret: world.client.secret)
      let unknown = world.server.assertion(of: stranger).authenticated(by: stranger.secret)
      expect(try await world.server.send(stranger.tokenRequest(signed: unknown)), is: .failedInBody)
    }
  }

  @Test func aSecondSecretWorksBesideTheFirstAndARevokedOneNoLonger() async throws {
    try await run { world in
      let administration = world.server.administration
      let added = try await administration.addSecret(
        to: world.client.id,
        named: DisplayName("second", of: .name)
      )
      try await world.server.replica.catchUp()
      for secret in [world.client.secret, added.secret.exposed] {
        expect(try await world.send(by: secret), grants: "item")
      }
      let name = DisplayName.firstSecret
      let rotated = try await administration.replaceSecret(named: name, of: world.client.id)
      try await world.server.replica.catchUp()
      expect(try await world.send(by: world.client.secret), is: .failedInBody)
      expect(try await world.send(by: rotated.exposed), grants: "item")
      try await administration.revokeSecret(named: "second", of: world.client.id)
      try await world.server.replica.catchUp()
      expect(try await world.send(by: added.secret.exposed), is: .failedInBody)
    }
  }

  @Test func aSecretIsKeptForThisMethodOnly() async throws {
    try await run { world in
      func isKept(_ client: TestClient) async throws -> [Bool] {
        let stored = try #require(try await world.server.store.client(client.id))
        return stored.secrets.map { if case .wrapped = $0.hash { true } else { false } }
      }
      #expect(try await isKept(world.client) == [true])
      #expect(try await isKept(try await world.server.makeClient()) == [false])
      var update = ClientUpdate()
      update.authenticationMethod = .clientSecretPost
      _ = try await world.server.administration.updateClient(world.client.id, update)
      try await world.server.replica.catchUp()
      #expect(try await isKept(world.client) == [false], "only its hash is left")
      expect(try await world.server.send(world.client.tokenRequest()), grants: "item")
      update.authenticationMethod = .clientSecretJWT
      _ = try await world.server.administration.updateClient(world.client.id, update)
      try await world.server.replica.catchUp()
      expect(try await world.send(by: world.client.secret), is: .failedInBody, "it has to have a new one")
      let name = DisplayName.firstSecret
      let rotated = try await world.server.administration.replaceSecret(named: name, of: world.client.id)
      try await world.server.replica.catchUp()
      expect(try await world.send(by: rotated.exposed), grants: "item")
    }
  }

  @Test func aShortSecretIsNoKey() async throws {
    try await run { world in
      for (length, isTaken) in [(31, false), (32, true)] {
        let imported = String(repeating: "s", count: length)
        var registration = TestRegistration()
        registration.authenticationMethod = .clientSecretJWT
        registration.importedSecret = imported
        let checked = try registration.checked()
        if isTaken {
          let made = try await world.server.administration.registerClient(checked)
          let client = TestClient(id: made.client.id, secret: imported)
          let assertion = world.server.assertion(of: client).authenticated(by: imported)
          expect(try await world.server.send(client.tokenRequest(signed: assertion)), grants: "item")
        } else {
          await #expect(throws: AdministrationError.self) {
            try await world.server.administration.registerClient(checked)
          }
        }
      }
    }
  }
}
