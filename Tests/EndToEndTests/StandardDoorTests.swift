import Foundation
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// The standard endpoints of the real process.
@Suite struct StandardDoorTests {
  private func get(_ server: RunningServer, _ target: String) async throws -> TestResponse {
    var request = TestRequest()
    request.method = "GET"
    request.target = target
    request.headers = []
    return try await server.send(request)
  }

  private func tokenRequest(_ client: TestClient, _ form: (String, String)...) -> TestRequest {
    Door.$current.withValue(.standard) {
      TestRequest(form: [("grant_type", "client_credentials")] + form)
        .basic(client.id.rawValue, client.secret)
    }
  }

  @Test func resourcesAreManagedByTheCommandLine() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let resource = "https://stock.example"
    let create = ["resource", "create", resource, "--description", "Stock", "--token-format", "jwt"]
    #expect(try await TesseraProcess.run(create, in: server.folder).status == 0)
    #expect(try await TesseraProcess.run(create, in: server.folder).status == 5)
    for (arguments, status) in [
      (["resource", "create", "relative/path", "--description", "x"], 2),
      (["resource", "create", "urn:x", "--description", "x", "--signing-algorithm", "none"], 2),
      (["resource", "update", "urn:none", "--description", "x"], 4), (["resource", "update", resource], 2),
      (["resource", "retire", "urn:none", "--yes"], 4), (["resource", "list"], 0),
      (["scope", "create", "stock", "--description", "x", "--resource", "urn:none"], 2),
      (["scope", "create", "stock", "--description", "x", "--resource", resource], 0),
      (["resource", "update", resource, "--signing-algorithm", "EdDSA"], 0),
      (["resource", "update", resource, "--signing-algorithm", "default"], 0),
    ] {
      #expect(try await TesseraProcess.run(arguments, in: server.folder).status == status, "\(arguments)")
    }
    let client = try await server.makeClient(
      "--scope",
      "stock",
      "--default-scope",
      "stock",
      "--claim",
      "tenant=a"
    )
    var token = ""
    try await wait {
      token = try await server.send(tokenRequest(client, ("resource", resource))).accessToken ?? ""
      return !token.isEmpty
    }
    let claims = try TestJWT(token)
    #expect(claims.text("aud") == resource && claims.text("tenant") == "a")
    let inspected = try await server.tessera("token", "inspect", token, "--format", "json")
    #expect(inspected.json["active"] as? Bool == true)
    #expect(try await server.tessera("resource", "retire", resource, "--yes").status == 0)
    #expect(try await server.tessera("resource", "retire", resource, "--yes").status == 5)
    try await wait { try await server.send(tokenRequest(client)).status == 400 }
    try await server.stop()
  }

  /// Rotates as fast as it can, with a verifier that keeps the key set for as long as it may.
  @Test func noTokenIsSignedByAKeyThatAVerifierCannotKnow() async throws {
    let server = try await RunningServer.start(
      in: TemporaryFolder(),
      environment: [
        "TESSERA_KEYS_ROTATION_INTERVAL": "2", "TESSERA_KEYS_PUBLICATION_TIME": "1",
        "TESSERA_KEYS_SET_LIFETIME": "1",
      ]
    )
    let client = try await server.makeClient("--scope", "item", "--token-format", "jwt")
    var known: [String?] = []
    var fetched = ContinuousClock.now - .seconds(60)
    var used = Set<String>()
    while used.count < 3 {
      let response = try await server.send(tokenRequest(client, ("scope", "item")))
      let token = try TestJWT(response.accessToken ?? "")
      let kid = try #require(token.header["kid"] as? String)
      // When the token is looked at: by then what was asked for in time may have become too old.
      if ContinuousClock.now - fetched >= .seconds(1) {
        fetched = .now
        let response = try await get(server, "/.well-known/jwks.json")
        #expect(response.header("cache-control") == "public, max-age=1")
        known = try #require(JWKSet(response.body)).keys.map(\.keyID)
      }
      #expect(known.contains(kid))
      used.insert(kid)
    }
    let audit = try await server.tessera("audit", "list")
    #expect(audit.output.contains("key.rotated"))
    try await server.stop()
  }

  @Test func aPublicationTimeBelowTheKeySetsLifetimeStopsTheStart() async throws {
    let outcome = try await TesseraProcess.run(
      ["serve"],
      in: TemporaryFolder(),
      environment: ["TESSERA_KEYS_PUBLICATION_TIME": "10"]
    )
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("keys.publication-time"))
  }
}
