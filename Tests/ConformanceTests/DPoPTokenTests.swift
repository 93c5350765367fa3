import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// What is said of tokens that are bound to a key (RFC 9449 §5.1, §6).
@Suite struct DPoPTokenTests {
  @Test(
    "D15 a bound token has the thumbprint of its key (RFC 7638)",
    .everyTokenFormat,
    arguments: ProofKey.algorithms
  )
  func thumbprint(algorithm: String) async throws {
    try await DPoPWorld.run(algorithm: algorithm) { world async throws in
      let token = try #require(try await world.ask(world.draft.signed()).accessToken)
      let opened = try #require(try world.server.openToken(token))
      guard case .key(let thumbprint) = opened.grant.confirmation else {
        Issue.record("the token is not bound")
        return
      }
      #expect(Base64URL.encode(thumbprint) == world.key.thumbprint)
      if TokenFormat.current == .jwt {
        #expect(try TestJWT(token).claims["cnf"] as? [String: String] == ["jkt": world.key.thumbprint])
      }
      let bearer = try #require(try await world.ask().accessToken)
      #expect(try world.server.openToken(bearer)?.grant.confirmation == nil)
    }
  }

  @Test("D16 introspection says that a token is of type DPoP, and bound to which key", .everyTokenFormat)
  func introspection() async throws {
    try await DPoPWorld.run { world async throws in
      let api = try await world.server.makeClient {
        $0.scopes = []
        $0.introspectedResources = [TokenWorld.resource]
      }
      func introspect(_ token: String?) async throws -> TestResponse {
        var request = TestRequest(form: [
          ("client_id", api.id.rawValue), ("client_secret", api.secret), ("token", token ?? ""),
        ])
        request.target = "/oauth2/introspect"
        return try await world.server.send(request)
      }
      let bound = try await introspect(world.ask(world.draft.signed()).accessToken)
      #expect(bound.json["active"] as? Bool == true)
      #expect(bound.member("token_type") == "DPoP")
      #expect(bound.json["cnf"] as? [String: String] == ["jkt": world.key.thumbprint])
      let bearer = try await introspect(world.ask().accessToken)
      #expect(bearer.member("token_type") == "Bearer" && bearer.json["cnf"] == nil)
    }
  }

  @Test("D22 the metadata has the algorithms that proofs may be signed by")
  func algorithms() async throws {
    try await TestServer.run { server async throws in
      let metadata = try await server.get("/.well-known/oauth-authorization-server").json
      let algorithms = try #require(metadata["dpop_signing_alg_values_supported"] as? [String])
      #expect(Set(ProofKey.algorithms).isSubset(of: algorithms))
      #expect(Set(algorithms).isDisjoint(with: ["none", "HS256", "HS384", "HS512", "ML-DSA-65"]))
    }
  }
}
