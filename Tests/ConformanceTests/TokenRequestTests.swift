import TesseraCore
import TesseraTestSupport
import Testing

/// How a token request has to be sent (RFC 6749 §3.2).
@Suite(.everyDoor) struct TokenRequestTests {
  @Test(
    "T1 methods other than POST get 405, Allow and no token",
    arguments: ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]
  )
  func methods(method: String) async throws {
    try await TestServer.run { server in
      var request = try await server.makeClient().tokenRequest()
      request.method = method
      let response = try await server.send(request)
      #expect(response.status == 405)
      #expect(response.header("allow") == "POST")
      #expect(response.text == (method == "HEAD" ? "" : ContractError.wrongMethod.body))
    }
  }

  @Test("T1 POST gets a token")
  func post() async throws {
    try await TestServer.run { server in
      expect(try await server.send(server.makeClient().tokenRequest()), grants: "item")
    }
  }

  @Test("T2 credentials in the query string are never accepted")
  func query() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      var everything = TestRequest()
      everything.target += "?" + TestRequest.encoded(client.tokenForm())
      expect(try await server.send(everything), is: .noCredentials)

      var secretOnly = client.tokenRequest(["client_secret": nil])
      secretOnly.target += "?client_secret=\(client.secret)"
      expect(try await server.send(secretOnly), is: .missingCredentials)
    }
  }

  @Test(
    "T4 a content type that is not a form is refused",
    arguments: [
      "application/json", "multipart/form-data; boundary=x", "text/plain", "", "application/x-www-form",
    ]
  )
  func contentType(value: String) async throws {
    try await TestServer.run { server in
      var request = try await server.makeClient().tokenRequest()
      request.headers = [("Content-Type", value)]
      expect(try await server.send(request), is: .notFormEncoded)
    }
  }

  @Test("T4 a missing or repeated content type is refused")
  func missingContentType() async throws {
    try await TestServer.run { server in
      var request = try await server.makeClient().tokenRequest()
      let form = request.headers
      request.headers = []
      expect(try await server.send(request), is: .notFormEncoded)
      request.headers = form + form
      expect(try await server.send(request), is: .notFormEncoded)
    }
  }

  @Test(
    "T5 charset UTF-8 is accepted in any case",
    arguments: [
      "application/x-www-form-urlencoded; charset=UTF-8", "application/x-www-form-urlencoded;charset=utf-8",
      "Application/X-WWW-Form-URLencoded ; Charset=\"Utf-8\"",
    ]
  )
  func charset(value: String) async throws {
    try await TestServer.run { server in
      var request = try await server.makeClient().tokenRequest()
      request.headers = [("Content-Type", value)]
      expect(try await server.send(request), grants: "item")
    }
  }

  @Test("T5 other charsets are refused", arguments: ["iso-8859-1", "utf-16", "utf-8x", ""])
  func otherCharset(value: String) async throws {
    try await TestServer.run { server in
      var request = try await server.makeClient().tokenRequest()
      for form in [
        "application/x-www-form-urlencoded; charset=", "application/x-www-form-urlencoded;a=b;CharSet=",
      ] {
        request.headers = [("Content-Type", form + value)]
        expect(try await server.send(request), is: .otherCharset)
      }
      request.headers = [("Content-Type", "text/plain; charset=\(value)")]
      expect(try await server.send(request), is: .notFormEncoded)
    }
  }

  @Test("T6 percent-escapes and plus signs are decoded")
  func decoding() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let body =
        "grant%5Ftype=client%5fcredentials&client_id=\(client.id)&client_secret=\(client.secret)"
        + "&scope=it%65m+event\(Door.current == .contract ? "%2C" : "%20")profile"
      expect(try await server.send(TestRequest(body: body)), grants: "item,event,profile")
    }
  }

  @Test(
    "T6 a bad percent-escape, bad UTF-8 or a NUL is refused",
    arguments: [
      "x=%", "x=%4", "x=%zz", "%g1=x", "x=%C3%28", "x=%FF", "x=%00", "x=a%00b", "x=\0", "x=%ED%A0%80",
    ]
  )
  func malformed(extra: String) async throws {
    try await TestServer.run { server in
      let form = TestRequest.encoded(try await server.makeClient().tokenForm())
      expect(try await server.send(TestRequest(body: form + "&" + extra)), is: .malformedBody)
    }
  }

  @Test("T6 raw bytes that are not UTF-8 are refused")
  func rawBytes() async throws {
    try await TestServer.run { server in
      var request = try await server.makeClient().tokenRequest()
      request.body += Array("&x=".utf8) + [0xC3]
      expect(try await server.send(request), is: .malformedBody)
    }
  }

  @Test("T7 unknown parameters are ignored")
  func unknownParameters() async throws {
    try await TestServer.run { server in
      let request = try await server.makeClient().tokenRequest([
        "nonsense": "1", "": "no name", "Scope": "event", "code": "",
      ])
      expect(try await server.send(request), grants: "item")
    }
  }

  @Test(
    "T8 a repeated parameter is refused, even with the same value",
    arguments: ["grant_type", "client_id", "client_secret", "scope"]
  )
  func repeated(name: String) async throws {
    try await TestServer.run { server in
      let form = try await server.makeClient().tokenForm()
      for value in [form.first { $0.0 == name }?.1 ?? "", "other", ""] {
        let response = try await server.send(TestRequest(form: form + [(name, value)]))
        expect(response, is: .invalidRequest("Repeated parameter: \(name)"))
      }
    }
  }

  @Test("T8 a repeated parameter that nobody knows is refused without its name")
  func repeatedUnknown() async throws {
    try await TestServer.run { server in
      let form = try await server.makeClient().tokenForm()
      let response = try await server.send(TestRequest(form: form + [("odd", "1"), ("odd", "1")]))
      expect(response, is: .invalidRequest("Repeated parameter"))
    }
  }

  @Test("T9 an empty value counts as omitted")
  func empty() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let expectations: [(String, ContractError)] = [
        ("grant_type", .invalidRequest("Missing parameter: grant_type")), ("scope", .missingScope),
        ("client_id", .missingCredentials), ("client_secret", .missingCredentials),
      ]
      for (name, error) in expectations {
        expect(try await server.send(client.tokenRequest([name: ""])), is: error, "\(name) empty")
        expect(try await server.send(client.tokenRequest([name: nil])), is: error, "\(name) absent")
      }
    }
  }
}
