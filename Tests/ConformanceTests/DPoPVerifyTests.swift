import TesseraCore
import TesseraTestSupport
import Testing

/// Bound tokens at forward authentication (RFC 9449 §7).
@Suite(.everyTokenFormat) struct DPoPVerifyTests {
  private static let url = "https://api.example.com/items/7"
  private static let challenge = #"DPoP realm="tessera", algs="ES256 ES384 RS256 PS256 EdDSA""#
  private static let invalidToken =
    challenge + #", error="invalid_token", error_description="The access token is not valid""#
  private static let invalidProof =
    challenge + #", error="invalid_dpop_proof", error_description="The DPoP proof is not valid""#
  /// What gateways tell of a request for that URL, in each of the two ways.
  private static let tellings: [[(String, String)]] = [
    [
      ("X-Forwarded-Method", "GET"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "api.example.com"),
      ("X-Forwarded-Uri", "/items/7?page=2"),
    ], [("X-Original-Method", "GET"), ("X-Original-URL", "https://api.example.com/items/7?page=2")],
  ]

  /// A world with a bound token, and one that is bound to nothing.
  private func run(_ body: (DPoPWorld, _ token: String, _ bearer: String) async throws -> Void) async throws {
    try await DPoPWorld.run { world async throws in
      let token = try #require(try await world.ask(world.draft.signed()).accessToken)
      let bearer = try #require(try await world.ask().accessToken)
      try await body(world, token, bearer)
    }
  }

  private func proof(_ world: DPoPWorld, _ token: String) -> ProofDraft {
    ProofDraft(world.key, DPoPVerifyTests.url, method: "GET", at: world.now, token: token)
  }

  private func verify(
    _ world: DPoPWorld,
    _ authorization: String,
    _ proofs: [String],
    _ telling: [(String, String)] = tellings[0],
    query: String = "scope=item"
  ) async throws -> TestResponse {
    var request = TestRequest()
    request.method = "GET"
    request.target = "/oauth2/verify?" + query
    request.headers = [("Authorization", authorization)] + proofs.map { ("DPoP", $0) } + telling
    return try await world.server.send(request)
  }

  @Test("D23 a bound token passes with a proof for the request that the gateway holds")
  func granted() async throws {
    try await run { world, token, _ in
      for telling in DPoPVerifyTests.tellings {
        for scheme in ["DPoP", "dpop", "DPOP "] {
          let proof = try proof(world, token).signed()
          let response = try await verify(world, "\(scheme) \(token)", [proof], telling)
          #expect(response.status == 200)
          #expect(response.header("x-auth-client-id") == world.client.id.rawValue)
        }
      }
    }
  }

  @Test("D23 a bound token that is sent as a Bearer token is refused, with a proof or without")
  func sentAsBearer() async throws {
    try await run { world, token, bearer in
      for proofs in [[], [try proof(world, token).signed()]] {
        let response = try await verify(world, "Bearer \(token)", proofs)
        #expect(response.status == 401)
        #expect(response.header("www-authenticate") == DPoPVerifyTests.invalidToken)
      }
      #expect(try await verify(world, "Bearer \(bearer)", []).status == 200)
    }
  }

  @Test("D23 a token that is bound to no key is no DPoP token, whatever proof comes with it")
  func unboundAsDPoP() async throws {
    try await run { world, _, bearer in
      let response = try await verify(world, "DPoP \(bearer)", [proof(world, bearer).signed()])
      #expect(response.status == 401)
      #expect(response.header("www-authenticate") == DPoPVerifyTests.invalidToken)
    }
  }

  @Test("D23 a proof by another key, for another token or for another request is refused")
  func otherProofs() async throws {
    try await run { world, token, bearer in
      let other = ProofDraft(try ProofKey(), DPoPVerifyTests.url, method: "GET", at: world.now, token: token)
      let good = try proof(world, token).signed()
      for proofs in [
        [], [try other.signed()], [try proof(world, bearer).signed()],
        [try proof(world, token).claim("ath", nil).signed()],
        [try proof(world, token).claim("ath", "7").signed()],
        [try proof(world, token).claim("htm", #""POST""#).signed()],
        [try proof(world, token).claim("htu", #""https://api.example.com/items/8""#).signed()],
        [try proof(world, token).claim("htu", #""http://127.0.0.1:8080/oauth2/verify""#).signed()],
        [try proof(world, token).claim("iat", "\(world.now - 61)").signed()],
        [try proof(world, token).header("typ", #""JWT""#).signed()], [good, good], ["nonsense"],
        [try proof(world, token).signed(by: ProofKey())],
      ] {
        let response = try await verify(world, "DPoP \(token)", proofs)
        #expect(response.status == 401)
        #expect(response.header("www-authenticate") == DPoPVerifyTests.invalidProof)
        #expect(response.header("cache-control") == "no-store")
      }
      #expect(try await verify(world, "DPoP \(token)", [good]).status == 200)
    }
  }

  @Test("D23 a proof that was used at the gateway is refused there")
  func replay() async throws {
    try await run { world, token, _ in
      let good = try proof(world, token).signed()
      #expect(try await verify(world, "DPoP \(token)", [good]).status == 200)
      let again = try await verify(world, "DPoP \(token)", [good])
      #expect(again.status == 401 && again.header("www-authenticate") == DPoPVerifyTests.invalidProof)
      #expect(try await verify(world, "DPoP \(token)", [proof(world, token).signed()]).status == 200)
    }
  }

  @Test("D23 a gateway that does not tell what it holds, or tells it twice, gets no bound token through")
  func untold() async throws {
    try await run { world, token, bearer in
      let (forwarded, original) = (DPoPVerifyTests.tellings[0], DPoPVerifyTests.tellings[1])
      let partial = forwarded.indices.map { index in forwarded.enumerated().filter { $0.0 != index }.map(\.1)
      }
      let host = forwarded[2]
      let others: [[(String, String)]] = [
        [], [original[0]], [original[1]], forwarded + original, forwarded + [host], original + [original[1]],
        original + [forwarded[3]], forwarded.dropLast() + [("X-Forwarded-Uri", "items/7")],
        forwarded.dropLast() + [("X-Forwarded-Uri", "@api.example.com/items/7")],
        [("X-Original-Method", "GET"), ("X-Original-URL", "/items/7")],
        [("X-Original-Method", ""), original[1]],
        [("X-Original-Method", "GET"), ("X-Original-URL", "ftp://a/")],
      ]
      for telling in partial + others {
        let response = try await verify(world, "DPoP \(token)", [proof(world, token).signed()], telling)
        #expect(response.status == 401, "\(telling)")
        #expect(response.header("www-authenticate") == DPoPVerifyTests.invalidProof)
        #expect(try await verify(world, "Bearer \(bearer)", [], telling).status == 200)
      }
    }
  }

  @Test("D23 scope and audience are asked of bound tokens too, and the challenge is for DPoP")
  func scope() async throws {
    try await run { world, token, _ in
      let response = try await verify(
        world,
        "DPoP \(token)",
        [proof(world, token).signed()],
        query: "scope=profile"
      )
      #expect(response.status == 403)
      #expect(
        response.header("www-authenticate")?.hasPrefix(DPoPVerifyTests.challenge + #", scope="profile""#)
          == true
      )
      let other = try await verify(
        world,
        "DPoP \(token)",
        [proof(world, token).signed()],
        query: "audience=https://b.example"
      )
      #expect(other.status == 401 && other.header("www-authenticate") == DPoPVerifyTests.invalidToken)
    }
  }

  @Test("D23 a bound token is revoked as every other")
  func revoked() async throws {
    try await run { world, token, _ in
      var revocation = TestRequest(form: [
        ("client_id", world.client.id.rawValue), ("client_secret", world.client.secret), ("token", token),
      ])
      revocation.target = "/oauth2/revoke"
      #expect(try await verify(world, "DPoP \(token)", [proof(world, token).signed()]).status == 200)
      #expect(try await world.server.send(revocation).status == 200)
      let response = try await verify(world, "DPoP \(token)", [proof(world, token).signed()])
      #expect(response.status == 401 && response.header("www-authenticate") == DPoPVerifyTests.invalidToken)
    }
  }

  @Test("D23 a token that is bound to a certificate needs that certificate")
  func certificate() async throws {
    try await run { world, _, _ in
      try await world.server.change(world.client) { $0.keyMetadata.isCertificateBound = true }
      let authority = try TestAuthority()
      let certificates = try (0..<2).map { _ in
        try #require(ClientCertificate(TestCertificate.der(try authority.issue().chain[0])))
      }
      let (mine, another) = (certificates[0], certificates[1])
      func ask(
        _ path: String,
        _ headers: [(String, String)],
        body: [UInt8] = [],
        query: String? = nil,
        showing certificate: ClientCertificate?
      ) async throws -> EndpointResponse {
        let endpoint = try #require(world.server.authorizationServer.routes[path])
        let request = EndpointRequest(
          method: "POST",
          path: path,
          query: query,
          headers: RequestHeaders(headers),
          body: body,
          origin: RequestOrigin(
            peer: try #require(SourceAddress("127.0.0.1")),
            over: .tls(peerCertificate: certificate)
          )
        )
        return await endpoint.answer(request).response
      }
      let request = world.client.tokenRequest()
      let answer = try await ask(Door.current.rawValue, request.headers, body: request.body, showing: mine)
      let token = try #require(TestResponse(status: 200, headers: [], body: answer.body).accessToken)
      for (certificate, status) in [(mine, 200), (another, 401), (nil, 401)] {
        let answer = try await ask(
          "/oauth2/verify",
          [("Authorization", "Bearer \(token)")],
          query: "scope=item",
          showing: certificate
        )
        #expect(answer.status == status)
      }
    }
  }
}
