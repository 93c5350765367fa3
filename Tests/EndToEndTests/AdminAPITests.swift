import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// The management API as an operator's program meets it.
@Suite struct AdminAPITests {
  @Test func anOperatorRegistersAClientThatGetsAToken() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let management = try await server.management()
    let token = try await server.operatorToken(role: "editor")
    let made = try await management.send(
      TestRequest.management("POST", "/admin/v1/clients", #"{"name":"billing","scopes":["item"]}"#, token)
    )
    #expect(made.status == 201)
    #expect(made.header("cache-control") == "no-store")
    #expect(made.header("etag") == "\"1\"")
    let id = try #require(made.member("client_id").flatMap(ClientID.init))
    let client = TestClient(id: id, secret: try #require(made.member("client_secret")))
    #expect(made.header("location") == "/admin/v1/clients/\(id)")
    #expect(try await server.send(client.tokenRequest()).status == 200)
    // What is shown is what the command line shows.
    let shown = try await management.send(TestRequest.management("GET", "/admin/v1/clients/\(id)", "", token))
    let listed = try await server.tessera("client", "show", id.rawValue, "--format", "json")
    #expect(shown.json as NSDictionary == listed.json as NSDictionary)
    let stale = try await management.send(
      TestRequest.management("PATCH", "/admin/v1/clients/\(id)", #"{"name":"b"}"#, token).adding(
        "If-Match",
        "\"7\""
      )
    )
    #expect(stale.status == 412)
    #expect(stale.header("content-type") == "application/problem+json")
    #expect(stale.member("field") == "If-Match")
    let refused = try await management.send(
      TestRequest.management("POST", "/admin/v1/keys/rotate", "{}", token)
    )
    #expect(refused.status == 403, "an editor does not rotate keys")
    #expect(refused.header("www-authenticate")?.contains("tessera:keys") == true)
    let actor = try await server.tessera("audit", "list", "--subject", id.rawValue, "--format", "json")
    #expect(actor.output.contains("\"actor\": \"api:"), "\(actor.output)")
    #expect(
      try await server.send(TestRequest.management("GET", "/admin/v1/clients", "", token)).status == 404,
      "not at the public one"
    )
    let outcome = try await server.stop()
    for secret in [token, client.secret] { #expect(!outcome.errors.contains(secret)) }
  }

  @Test func nothingBelowAdminIsAnonymousAndTheRestOnlyUnlessConfigured() async throws {
    for isClosed in [false, true] {
      let server = try await RunningServer.start(
        in: TemporaryFolder(),
        environment: ["TESSERA_MANAGEMENT_REQUIRE_TOKEN": "\(isClosed)"]
      )
      let management = try await server.management()
      let token = try await server.operatorToken(role: "viewer")
      for path in ["/admin", "/admin/", "/admin/v1/clients", "/admin/v1/nothing", "/admin/../metrics"] {
        let answer = try await management.send(TestRequest.management("GET", path, "", nil))
        #expect(answer.status == 401, "\(path)")
        #expect(answer.header("www-authenticate") == #"Bearer realm="tessera""#)
      }
      for path in ["/metrics", "/openapi.json"] {
        #expect(
          try await management.send(TestRequest.management("GET", path, "", nil)).status
            == (isClosed ? 401 : 200),
          "\(path)"
        )
        #expect(try await management.send(TestRequest.management("GET", path, "", token)).status == 200)
      }
      for path in ["/metrics/", "//metrics", "/%6Detrics", "/metrics?a", "/openapi.json/"] where isClosed {
        #expect(
          try await management.send(TestRequest.management("GET", path, "", nil)).status == 401,
          "\(path)"
        )
      }
      for path in ["/livez", "/readyz", "/startupz"] {
        #expect(try await management.send(TestRequest.management("GET", path, "", nil)).status == 200)
      }
      let document = try await management.send(TestRequest.management("GET", "/openapi.json", "", token))
      #expect(document.member("openapi") == "3.1.0")
      #expect((document.json["paths"] as? [String: Any])?["/admin/v1/clients/{client_id}"] != nil)
      let large = String(repeating: "a", count: 10 << 20)
      for caller in [nil, token] {
        let answer = try await management.send(
          TestRequest.management("POST", "/admin/v1/clients", large, caller)
        )
        #expect(answer.status == (caller == nil ? 401 : 403))
      }
      try await server.stop()
    }
  }
}
