import TesseraTestSupport
import Testing

/// The authorization endpoint, which is there to say that nobody signs in.
@Suite struct AuthorizationEndpointTests {
  private static let path = "/oauth2/authorize"
  private static let request =
    "?response_type=code&client_id=Zq7&redirect_uri=https%3A%2F%2Fevil.example%2F&state=%3Cscript%3EZq7&scope=openid"
  private static let refusal =
    #"{"error":"unsupported_response_type","error_description":"There is no sign-in here: only the client credentials "#
    + #"grant is supported"}"#
  /// As Firefox sends it.
  private static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

  @Test(
    "W14 every request of the authorization endpoint is refused, and never redirected",
    arguments: [
      "", request, "?response_type=none", "?response_type=token&response_type=code", "?%", "?n=%FF",
      "?redirect_uri=http://127.0.0.1/",
    ]
  )
  func refused(query: String) async throws {
    try await TestServer.run { server in
      let response = try await server.get(AuthorizationEndpointTests.path + query)
      #expect(response.status == 400)
      #expect(response.text == AuthorizationEndpointTests.refusal)
      #expect(response.header("location") == nil)
      #expect(response.header("cache-control") == "no-store")
      #expect(response.header("www-authenticate") == nil)
      var post = TestRequest(body: String(query.dropFirst()))
      post.target = AuthorizationEndpointTests.path
      #expect(try await server.send(post).text == AuthorizationEndpointTests.refusal)
    }
  }

  @Test(
    "W14 a person gets a page that says so, without anything of the request in it",
    arguments: ["GET", "POST"]
  )
  func page(method: String) async throws {
    try await TestServer.run { server in
      var request = TestRequest()
      request.method = method
      request.target = AuthorizationEndpointTests.path + AuthorizationEndpointTests.request
      request.headers = [
        ("Accept", AuthorizationEndpointTests.browser), ("Referer", "https://evil.example/Zq7"),
      ]
      let response = try await server.send(request)
      #expect(response.status == 400)
      #expect(response.header("content-type") == "text/html; charset=utf-8")
      #expect(
        response.text.contains("unsupported_response_type")
          && response.text.contains("There is no sign-in here")
      )
      #expect(!response.text.lowercased().contains("zq7") && !response.text.contains("evil"))
      #expect(response.header("content-security-policy")?.contains("default-src 'none'") == true)
      #expect(response.header("content-security-policy")?.contains("frame-ancestors 'none'") == true)
      #expect(response.header("x-content-type-options") == "nosniff")
      #expect(response.header("cache-control") == "no-store")
      for name in ["location", "set-cookie", "refresh"] { #expect(response.header(name) == nil, "\(name)") }
      for tag in ["<script", "<form", "<img", "<a ", "http"] {
        #expect(!response.text.contains(tag), "\(tag)")
      }
    }
  }

  @Test(
    "W14 whoever does not ask for a page gets the error as JSON",
    arguments: [
      ("*/*", false), ("application/json", false), ("text/*", false), ("text/html;q=0", false),
      ("text/html ; Q=0.000, */*", false), ("text/htmlx", false), ("application/json, text/plain", false),
      ("", false), ("text/html", true), ("TEXT/HTML;q=0.1", true),
      ("application/json,\ttext/html ;level=1", true),
      (browser, true),
    ]
  )
  func negotiation(accept: String, isPage: Bool) async throws {
    try await TestServer.run { server in
      for target in [AuthorizationEndpointTests.path, AuthorizationEndpointTests.path + "?x"] {
        let response = try await server.get(target, headers: [("Accept", accept)])
        #expect(response.status == 400)
        #expect(response.header("content-type")?.hasPrefix(isPage ? "text/html" : "application/json") == true)
      }
      // By the decoder of NIO, which sees what is not ordinary.
      let connection = try await TestConnection(port: server.port)
      await connection.send("GET /oauth2/authorize HTTP/1.0\r\nAccept: \(accept)\r\n\r\n")
      let type = try await connection.response()?.header("content-type")
      #expect(type?.hasPrefix(isPage ? "text/html" : "application/json") == true)
      await connection.close()
    }
  }

  @Test("W14 the page is the same size whatever is sent, and other methods get 405")
  func bounds() async throws {
    try await TestServer.run { server in
      let short = try await server.get(
        AuthorizationEndpointTests.path,
        headers: [("Accept", AuthorizationEndpointTests.browser)]
      )
      let long = try await server.get(
        AuthorizationEndpointTests.path + "?state=" + String(repeating: "a", count: 7000),
        headers: [("Accept", AuthorizationEndpointTests.browser)]
      )
      #expect(short.body == long.body && short.body.count < 2048)
      var head = TestRequest()
      head.target = AuthorizationEndpointTests.path
      head.method = "HEAD"
      #expect(try await server.send(head).status == 400)
      for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        head.method = method
        let response = try await server.send(head)
        #expect(response.status == 405)
        #expect(response.header("allow") == "GET, HEAD, POST")
      }
    }
  }
}
