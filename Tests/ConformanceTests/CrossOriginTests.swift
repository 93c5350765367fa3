import TesseraCore
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// What pages of other origins may read (CORS).
@Suite struct CrossOriginTests {
  private static let origin = "https://app.example.com"
  private static let documents = [
    "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration", "/.well-known/jwks.json",
    "/.well-known/jwks-pq.json",
  ]
  private static let doors = ["/oauth/token", "/oauth2/token"]

  private static var options: TestServer.Options {
    var options = TestServer.Options()
    options.webOrigins = [origin, "http://localhost:3000"]
    return options
  }

  private static func preflight(_ path: String, _ origin: String) -> TestRequest {
    var request = TestRequest()
    request.method = "OPTIONS"
    request.target = path
    request.headers = [
      ("Origin", origin), ("Access-Control-Request-Method", "POST"),
      ("Access-Control-Request-Headers", "authorization"),
    ]
    return request
  }

  private func corsFields(_ response: TestResponse) -> [String] {
    response.headers.map { $0.name.lowercased() }.filter { $0.hasPrefix("access-control") }
  }

  @Test("T35 metadata and key sets may be read by pages of any origin", arguments: documents)
  func publicDocuments(path: String) async throws {
    try await TestServer.run { server in
      for headers in [[], [("Origin", CrossOriginTests.origin)], [("Origin", "null")]] {
        let response = try await server.get(path, headers: headers)
        #expect(response.status == 200)
        #expect(response.header("access-control-allow-origin") == "*")
        #expect(response.header("access-control-allow-credentials") == nil)
        let tag = try #require(response.header("etag"))
        let again = try await server.get(path, headers: headers + [("If-None-Match", tag)])
        #expect(again.status == 304 && again.header("access-control-allow-origin") == "*")
      }
    }
  }

  @Test("T35 nothing else has CORS headers, whoever asks, unless it is configured")
  func off() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let paths = server.authorizationServer.endpoints.map(\.path).filter {
        !CrossOriginTests.documents.contains($0)
      }
      #expect(paths.count > 5)
      for path in paths + ["/nothing"] {
        for method in ["GET", "POST", "OPTIONS"] {
          var request = client.tokenRequest().adding("Origin", CrossOriginTests.origin).at(path)
          request.method = method
          #expect(corsFields(try await server.send(request)).isEmpty, "\(method) \(path)")
        }
      }
      for path in CrossOriginTests.doors {
        #expect(
          try await server.send(CrossOriginTests.preflight(path, CrossOriginTests.origin)).status == 405
        )
      }
    }
  }

  @Test("T35 a listed origin may ask the token endpoints, and reads what they refuse too", arguments: doors)
  func listed(path: String) async throws {
    try await TestServer.run(CrossOriginTests.options) { server in
      let client = try await server.makeClient()
      let imported = try await server.makeClient { $0.importedSecret = "an imported secret" }
      for origin in CrossOriginTests.options.webOrigins {
        let preflight = try await server.send(CrossOriginTests.preflight(path, origin))
        #expect(preflight.status == 204)
        #expect(preflight.header("access-control-allow-origin") == origin)
        #expect(preflight.header("access-control-allow-methods") == "POST")
        #expect(preflight.header("access-control-allow-headers") == "Authorization, Content-Type")
        #expect(preflight.header("content-length") == nil && preflight.body.isEmpty)
        let requests: [(TestRequest, Int)] = [
          (client.tokenRequest(), 200), (client.tokenRequest(["scope": "x"]), 400),
          (client.tokenRequest(["client_secret": "wrong-secret"]), 400),
          (client.basicTokenRequest().adding("Authorization", "Basic"), 400),
          // These wait for scrypt, and so for an answer that comes later.
          (imported.tokenRequest(["client_secret": "not the secret"]), 400), (imported.tokenRequest(), 200),
        ]
        for (request, status) in requests {
          let response = try await server.send(request.adding("Origin", origin).at(path))
          #expect(response.status == status)
          #expect(response.header("access-control-allow-origin") == origin)
          #expect(response.header("vary") == "Origin")
          #expect(response.header("access-control-allow-credentials") == nil)
        }
      }
    }
  }

  @Test(
    "T35 an origin that is not listed learns nothing of it",
    arguments: [
      "https://app.example.com.evil.example", "https://evil.example", "null", "", "*",
      "http://app.example.com",
      "https://app.example.com:444", "https://APP.example.com", "https://app.example.com/",
    ]
  )
  func unlisted(origin: String) async throws {
    try await TestServer.run(CrossOriginTests.options) { server in
      let client = try await server.makeClient()
      for path in CrossOriginTests.doors {
        let preflight = try await server.send(CrossOriginTests.preflight(path, origin))
        #expect(preflight.status == 405 && corsFields(preflight).isEmpty)
        let response = try await server.send(client.tokenRequest().adding("Origin", origin).at(path))
        #expect(response.status == 200 && corsFields(response).isEmpty)
      }
      let twice = client.tokenRequest().adding("Origin", CrossOriginTests.origin).adding("Origin", origin)
      #expect(corsFields(try await server.send(twice)).isEmpty)
      for path in ["/oauth2/introspect", "/oauth2/revoke", "/oauth2/verify", "/oauth2/authorize"] {
        let preflight = try await server.send(CrossOriginTests.preflight(path, CrossOriginTests.origin))
        #expect(corsFields(preflight).isEmpty, "\(path)")
      }
    }
  }
}
