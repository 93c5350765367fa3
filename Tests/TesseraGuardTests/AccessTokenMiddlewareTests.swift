import Hummingbird
import TesseraGuard
import TesseraGuardHummingbird
import TesseraTestSupport
import Testing

/// Bound tokens at routes over real HTTP.
@Suite(.timeLimit(.minutes(5))) struct AccessTokenMiddlewareTests {
  private static let origin = "https://api.example.com"

  private func run(_ body: (GuardTest, LiveApplication, ProofKey) async throws -> Void) async throws {
    let key = try ProofKey()
    try await GuardTest.run { test in
      test.server.route { request in
        let isBound = request.form["token"] == "bound"
        let confirmation = isBound ? #","token_type":"DPoP","cnf":{"jkt":"\#(key.thumbprint)"}"# : ""
        return .respond(body: #"{"active":true,"client_id":"app","scope":"item"\#(confirmation)}"#)
      }
      let router = Router(context: BasicAccessTokenRequestContext.self)
      router.group("items")
        .add(middleware: AccessTokenMiddleware(test.verifier, origin: Self.origin, requiring: "item"))
        .get { _, context in "Hello, \(try context.accessToken.clientID)" }
      router.group("bound")
        .add(middleware: AccessTokenMiddleware(test.verifier, origin: Self.origin, requiresBinding: true))
        .get { _, _ in "bound" }
      router.group("old").add(middleware: BearerTokenMiddleware(test.verifier)).get { _, _ in "old" }
      try await LiveApplication.run(router, logger: test.log.logger) { application in
        try await body(test, application, key)
      }
    }
  }

  @Test("D23 a route behind AccessTokenMiddleware takes a bound token with its proof only")
  func boundToken() async throws {
    try await run { test, application, key in
      let now = GuardTest.start
      let proof = try ProofDraft(key, Self.origin + "/items", method: "GET", at: now, token: "bound").signed()
      let good = [("Authorization", "DPoP bound"), ("DPoP", proof)]
      let response = try await application.get("/items?page=2", headers: good)
      #expect(response.status == 200 && response.text == "Hello, app")
      let again = try await application.get("/items", headers: good)
      #expect(again.status == 401)
      #expect(
        again.header("www-authenticate") == #"""
          DPoP realm="api", algs="ES256 ES384 RS256 PS256 EdDSA", error="invalid_dpop_proof", \#
          error_description="The DPoP proof is not valid"
          """#
      )
      let bearer = try await application.get("/items", headers: [("Authorization", "Bearer bound")])
      #expect(bearer.status == 401 && bearer.header("www-authenticate")?.hasPrefix("DPoP ") == true)
      #expect(try await application.get("/items", headers: [("Authorization", "Bearer other")]).status == 200)
      #expect(try await application.get("/bound", headers: [("Authorization", "Bearer other")]).status == 401)
      #expect(try await application.get("/items").header("www-authenticate") == #"Bearer realm="api""#)
      #expect(try await application.get("/old", headers: [("Authorization", "Bearer bound")]).status == 401)
      #expect(try await application.get("/old", headers: [("Authorization", "Bearer other")]).status == 200)
    }
  }
}
