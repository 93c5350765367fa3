import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// The FAPI 2.0 Security Profile, as far as it is about client credentials: the tests of the OpenID Foundation's plan for
/// that grant, by their names there, each with its twin.
@Suite(.everyDoor) struct FAPITests {
  /// A server or a client that is held to the profile, and what the client has.
  private struct World: Sendable {
    let signing: AssertionWorld
    let proofKey: ProofKey

    var server: TestServer { signing.server }
    /// In seconds since 1970.
    var now: Int64 { server.clocks.wall.now.milliseconds / 1000 }
    var draft: ProofDraft { ProofDraft(proofKey, TestServer.issuer + Door.current.rawValue, at: now) }

    func send(_ assertion: String? = nil, proof: String?) async throws -> TestResponse {
      var request = signing.client.tokenRequest(signed: assertion ?? signing.assertion())
      if let proof { request = request.adding("DPoP", proof) }
      return try await server.send(request)
    }

    func send(_ assertion: String? = nil, _ draft: ProofDraft? = nil) async throws -> TestResponse {
      try await send(assertion, proof: try (draft ?? self.draft).signed())
    }

    func expectTwinPasses(sourceLocation: SourceLocation = #_sourceLocation) async throws {
      let response = try await send()
      expect(response, grants: "item", "the twin", sourceLocation: sourceLocation)
      #expect(response.member("token_type") == "DPoP", sourceLocation: sourceLocation)
    }
  }

  /// On a server with the profile, and with a client that has it on one without.
  private func run(
    _ algorithm: SigningAlgorithm = .es256,
    proofs: String = "ES256",
    _ body: (World) async throws -> Void
  ) async throws {
    for isServerWide in [true, false] {
      var options = TestServer.Options()
      options.profile = isServerWide ? .fapi2 : nil
      try await AssertionWorld.run(algorithm, options) { world in
        if !isServerWide {
          try await world.server.change(world.client) { $0.keyMetadata.profile = .fapi2 }
        }
        try await body(World(signing: world, proofKey: try ProofKey(proofs)))
      }
    }
  }

  @Test("P1 discovery-endpoint-verification: metadata has only what the profile allows")
  func discovery() async throws {
    var options = TestServer.Options()
    options.profile = .fapi2
    try await TestServer.run(options) { server in
      var request = TestRequest()
      request.method = "GET"
      request.target = "/.well-known/oauth-authorization-server"
      let metadata = try await server.send(request).json
      let algorithms = ["ES256", "PS256", "EdDSA"]
      for member in ["dpop_signing_alg_values_supported", "token_endpoint_auth_signing_alg_values_supported"]
      {
        let names = try #require(metadata[member] as? [String])
        #expect(Set(names) == Set(algorithms), "\(member)")
      }
      let methods = try #require(metadata["token_endpoint_auth_methods_supported"] as? [String])
      #expect(methods.contains("private_key_jwt") && !methods.contains { $0.hasPrefix("client_secret") })
      #expect(metadata["issuer"] as? String == TestServer.issuer)
    }
    try await TestServer.run { server in
      var request = TestRequest()
      request.method = "GET"
      request.target = "/.well-known/oauth-authorization-server"
      let methods = try await server.send(request).json["token_endpoint_auth_methods_supported"] as? [String]
      #expect(methods?.contains("client_secret_basic") == true, "the twin")
    }
  }

  @Test("P2 happy-flow: an assertion and a proof get a bound token", arguments: ["ES256", "PS256", "EdDSA"])
  func happyFlow(algorithm: String) async throws {
    let signing = try #require(SigningAlgorithm(algorithm))
    try await run(signing, proofs: algorithm) { world in try await world.expectTwinPasses() }
  }

  @Test("P3 access-token-type-header-case-sensitivity: the scheme of the token is taken in any case")
  func schemeInAnyCase() async throws {
    try await run { world in
      let token = try #require(try await world.send().accessToken)
      let url = "https://api.example.com/items"
      for scheme in ["DPoP", "dpop", "DPOP", "dPoP"] {
        var request = TestRequest()
        request.method = "GET"
        request.target = "/oauth2/verify?scope=item"
        let draft = ProofDraft(world.proofKey, url, method: "GET", at: world.now, token: token)
        request.headers = [
          ("Authorization", "\(scheme) \(token)"), ("DPoP", try draft.signed()),
          ("X-Original-Method", "GET"), ("X-Original-URL", url),
        ]
        #expect(try await world.server.send(request).status == 200, "\(scheme)")
        request.headers[0].1 = "Bearer \(token)"
        #expect(try await world.server.send(request).status == 401, "as a bearer token")
      }
    }
  }

  @Test("P4 check-dpop-proof-nbf-exp: nbf and exp in a proof do no harm")
  func datesInProofs() async throws {
    try await run { world in
      let draft = world.draft.claim("nbf", "\(world.now)").claim("exp", "\(world.now + 300)")
      expect(try await world.send(nil, draft), grants: "item")
    }
  }

  @Test("P5 ensure-dpop-proof-with-iat-10seconds-before-succeeds", arguments: [-10, -5, 0])
  func proofOfSecondsAgo(seconds: Int64) async throws {
    try await run { world in
      expect(try await world.send(nil, world.draft.claim("iat", "\(world.now + seconds)")), grants: "item")
      let old = try await world.send(nil, world.draft.claim("iat", "\(world.now + seconds - 3600)"))
      expect(old, is: DPoPWorld.badProof)
    }
  }

  @Test("P6 ensure-dpop-proof-with-iat-10seconds-after-succeeds", arguments: [5, 10])
  func proofOfSecondsAhead(seconds: Int64) async throws {
    try await run { world in
      expect(try await world.send(nil, world.draft.claim("iat", "\(world.now + seconds)")), grants: "item")
      let ahead = try await world.send(nil, world.draft.claim("iat", "\(world.now + seconds + 3600)"))
      expect(ahead, is: DPoPWorld.badProof)
    }
  }

  @Test("P7 ensure-client-id-in-token-endpoint: a client_id that is another's is refused")
  func clientID() async throws {
    try await run { world in
      let other = try await world.server.makeClient()
      for id in [other.id.rawValue, "nobody"] {
        let request = world.signing.client.tokenRequest(
          signed: world.signing.assertion(),
          ["client_id": id]
        ).adding("DPoP", try world.draft.signed())
        #expect(try await world.server.send(request).status >= 400, "\(id)")
      }
      let request = world.signing.client.tokenRequest(
        signed: world.signing.assertion(),
        ["client_id": world.signing.client.id.rawValue]
      ).adding("DPoP", try world.draft.signed())
      expect(try await world.server.send(request), grants: "item", "the twin")
    }
  }

  @Test("P8 ensure-holder-of-key-required: no token without a proof")
  func holderOfKey() async throws {
    try await run { world in
      let missing = ContractError(
        status: 400,
        name: "invalid_request",
        reason: "A DPoP proof or a client certificate is required"
      )
      expect(try await world.send(proof: nil), is: missing)
      try await world.expectTwinPasses()
    }
  }

  @Test("P9 ensure-signed-client-assertion-with-RS256-fails", arguments: ["RS256", "ES384", "ML-DSA-65"])
  func weakAlgorithms(algorithm: String) async throws {
    let signing = try #require(SigningAlgorithm(algorithm))
    try await run(signing) { world in
      expect(try await world.send(), is: .failedInBody)
    }
    try await AssertionWorld.run(signing) { world in
      expect(try await world.send(world.assertion()), grants: "item", "the twin, without the profile")
    }
  }

  @Test("P10 ensure-client-assertion-in-token-endpoint: nothing else authenticates")
  func assertionRequired() async throws {
    try await run { world in
      let none = world.signing.client.tokenRequest(["client_secret": nil])
      let other = try await world.server.makeClient()
      try await world.server.change(other) { $0.keyMetadata.profile = .fapi2 }
      for request in [none, other.tokenRequest()] {
        let response = try await world.server.send(request.adding("DPoP", try world.draft.signed()))
        #expect(response.status == 400 || response.status == 401)
        #expect(response.accessToken == nil)
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("P11 ensure-client-assertion-with-exp-is-5-minutes-in-past-fails")
  func oldAssertion() async throws {
    try await run { world in
      for end in [-300, -1, 3600] {
        let assertion = world.signing.assertion { $0.set("exp", "\(world.now + Int64(end))") }
        expect(try await world.send(assertion), is: .failedInBody, "\(end)")
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("P12 ensure-client-assertion-with-wrong-aud-fails")
  func wrongAudience() async throws {
    try await run { world in
      let issuer = TestServer.issuer
      for audience in [
        #""https://other.example""#, #""\#(issuer)\#(Door.current.rawValue)""#, #"["\#(issuer)"]"#, nil,
      ] {
        let assertion = world.signing.assertion { $0.set("aud", audience) }
        expect(try await world.send(assertion), is: .failedInBody, "\(audience ?? "none")")
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("P13 ensure-client-assertion-with-no-sub-fails")
  func noSubject() async throws {
    try await run { world in
      for claim in ["sub", "iss"] {
        let assertion = world.signing.assertion { $0.set(claim, nil) }
        expect(try await world.send(assertion), is: .failedInBody, "\(claim)")
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("P14 dpop-negative-tests: a proof that is wrong in any way")
  func badProofs() async throws {
    try await run { world in
      for (what, draft) in [
        ("typ", world.draft.header("typ", #""JWT""#)), ("no jwk", world.draft.header("jwk", nil)),
        ("alg none", world.draft.header("alg", #""none""#)), ("no jti", world.draft.claim("jti", nil)),
        ("no htm", world.draft.claim("htm", nil)), ("htm", world.draft.claim("htm", #""GET""#)),
        ("no htu", world.draft.claim("htu", nil)),
        ("htu", world.draft.claim("htu", #""https://other.example/token""#)),
        ("no iat", world.draft.claim("iat", nil)),
      ] {
        expect(try await world.send(nil, draft), is: DPoPWorld.badProof, "\(what)")
      }
      let other = try ProofKey()
      let forged = try await world.send(proof: try world.draft.signed(by: other))
      expect(forged, is: DPoPWorld.badProof, "the signature of another key")
      let used = try world.draft.signed()
      expect(try await world.send(proof: used), grants: "item")
      expect(try await world.send(proof: used), is: DPoPWorld.badProof, "used before")
      for algorithm in ["RS256", "ES384"] {
        let key = try ProofKey(algorithm)
        let draft = ProofDraft(key, TestServer.issuer + Door.current.rawValue, at: world.now)
        expect(try await world.send(nil, draft), is: DPoPWorld.badProof, "\(algorithm)")
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("P15 an API that wants RS256 gets no token of a client with the profile")
  func weakAccessTokens() async throws {
    for algorithm in [SigningAlgorithm.rs256, .ps256] {
      try await run { world in
        var update = ResourceUpdate()
        update.tokenFormat = .some(.jwt)
        update.signingAlgorithm = .some(algorithm)
        _ = try await world.server.administration.updateResource(Administration.defaultResource, update)
        try await world.server.replica.catchUp()
        let response = try await world.send()
        #expect(response.status == (algorithm == .rs256 ? 400 : 200), "\(algorithm)")
      }
    }
  }
}
