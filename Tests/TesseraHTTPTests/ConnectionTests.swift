import TesseraHTTP
import TesseraTestSupport
import Testing

/// How connections are used: keep-alive, pipelining, half-closing, HTTP/1.0.
@Suite struct ConnectionTests {
  @Test func keepsTheConnectionOpen() async throws {
    try await TestServer.run { server in
      let request = try await server.makeClient().tokenRequest()
      let connection = try await TestConnection(port: server.port)
      for _ in 0..<3 {
        await connection.send(request.bytes)
        let response = try #require(try await connection.response())
        #expect(response.status == 200)
        #expect(response.header("connection") == nil)
      }
      await connection.close()
    }
  }

  @Test func answersPipelinedRequestsInOrder() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let scopes = ["item", "event", "nonsense", "profile", "promotion"]
      let connection = try await TestConnection(port: server.port)
      await connection.send(scopes.flatMap { client.tokenRequest(["scope": $0]).bytes })
      for scope in scopes {
        let response = try #require(try await connection.response())
        #expect(response.member("scope") == (scope == "nonsense" ? nil : scope))
      }
      await connection.close()
    }
  }

  /// Each client is asked for the first time here, so each request waits for the store.
  @Test func keepsTheOrderWhenRequestsWaitForTheStore() async throws {
    try await TestServer.run { server in
      var bytes: [UInt8] = []
      let scopes = ["item", "event", "profile", "promotion"]
      for round in 0..<20 {
        bytes += try await server.makeClient().tokenRequest(["scope": scopes[round % 4]]).bytes
      }
      let connection = try await TestConnection(port: server.port)
      await connection.send(bytes)
      for round in 0..<20 {
        #expect(try await connection.response()?.member("scope") == scopes[round % 4])
      }
      await connection.close()
    }
  }

  @Test func takesARequestByteByByte() async throws {
    try await TestServer.run { server in
      let request = try await server.makeClient().tokenRequest()
      let connection = try await TestConnection(port: server.port)
      for byte in request.bytes { await connection.send([byte]) }
      #expect(try await connection.response()?.status == 200)
      await connection.close()
    }
  }

  @Test func closesWhenAskedTo() async throws {
    try await TestServer.run { server in
      let request = try await server.makeClient().tokenRequest().adding("Connection", "close")
      let connection = try await TestConnection(port: server.port)
      await connection.send(request.bytes)
      let response = try #require(try await connection.response())
      #expect(response.status == 200)
      #expect(response.header("connection") == "close")
      #expect(try await connection.response() == nil)
    }
  }

  @Test func answersWhoeverShutsDownItsHalf() async throws {
    try await TestServer.run { server in
      let connection = try await TestConnection(port: server.port)
      await connection.send(try await server.makeClient().tokenRequest().bytes)
      await connection.closeOutput()
      #expect(try await connection.response()?.status == 200)
    }
  }

  @Test func speaksHTTP10() async throws {
    try await TestServer.run { server in
      let form = TestRequest.encoded(try await server.makeClient().tokenForm())
      let head =
        "POST /oauth/token HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        + "Content-Length: \(form.utf8.count)\r\n"
      let once = try await TestConnection(port: server.port)
      await once.send(head + "\r\n" + form)
      #expect(try await once.response()?.status == 200)
      #expect(try await once.response() == nil, "closed, as HTTP/1.0 does")

      let kept = try await TestConnection(port: server.port)
      for _ in 0..<2 {
        await kept.send(head + "Connection: keep-alive\r\n\r\n" + form)
        #expect(try await kept.response()?.header("connection") == "keep-alive")
      }
      await kept.close()
    }
  }

  @Test func takesAChunkedBody() async throws {
    try await TestServer.run { server in
      let form = TestRequest.encoded(try await server.makeClient().tokenForm())
      let head =
        "POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        + "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
      let connection = try await TestConnection(port: server.port)
      await connection.send(head)
      for byte in form.utf8 { await connection.send("1\r\n\(String(UnicodeScalar(byte)))\r\n") }
      await connection.send("0\r\n\r\n")
      #expect(try await connection.response()?.status == 200)
      let large = String(repeating: "a", count: 1000)
      await connection.send(head + String(repeating: "3e8\r\n\(large)\r\n", count: 20))
      #expect(try await connection.response()?.status == 413)
    }
  }

  @Test func sendsContinueWhenAsked() async throws {
    try await TestServer.run { server in
      let request = try await server.makeClient().tokenRequest().adding("Expect", "100-continue")
      let connection = try await TestConnection(port: server.port)
      await connection.send(request.bytes.dropLast(request.body.count).map { $0 })
      #expect(try await connection.response()?.status == 100)
      await connection.send(request.body)
      #expect(try await connection.response()?.status == 200)
      await connection.close()
    }
  }

  @Test func refusesALargeBodyInsteadOfContinue() async throws {
    try await TestServer.run { server in
      let connection = try await TestConnection(port: server.port)
      await connection.send(
        "POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1048576\r\n\r\n"
      )
      #expect(try await connection.response()?.status == 413)
    }
  }

  @Test func answersHEADWithoutBody() async throws {
    try await TestServer.run { server in
      let connection = try await TestConnection(port: server.port)
      for (path, status) in [("/oauth/token", 405), ("/elsewhere", 404)] {
        await connection.send("HEAD \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let response = try #require(try await connection.response(toHEAD: true))
        #expect(response.status == status)
        #expect(try Int(#require(response.header("content-length"))) ?? 0 > 0)
      }
      await connection.close()
    }
  }

  @Test(arguments: [
    "/", "/oauth/token/", "/OAUTH/TOKEN", "//oauth/token", "/oauth/token%2F", "/a?b",
    "http://localhost?/oauth/token", "/?http://localhost/oauth/token",
  ])
  func answersUnknownPathsWithJSON(path: String) async throws {
    try await TestServer.run { server in
      var request = try await server.makeClient().tokenRequest()
      request.target = path
      let response = try await server.send(request)
      #expect(response.status == 404)
      #expect(response.member("name") == "not_found")
      #expect(response.member("message") == "Not found: There is nothing at this path")
    }
  }

  @Test(arguments: [
    "/oauth/token?x=1", "http://localhost/oauth/token", "http://example.com:8443/oauth/token?x",
  ])
  func takesEveryFormOfTarget(target: String) async throws {
    try await TestServer.run { server in
      var request = try await server.makeClient().tokenRequest()
      request.target = target
      #expect(try await server.send(request).status == 200)
    }
  }

  /// NIO's parser stops after such a request, so a second one on the connection would get no answer.
  @Test func closesAfterARequestForAnotherProtocol() async throws {
    try await TestServer.run { server in
      let request = try await server.makeClient().tokenRequest()
        .adding("Connection", "Upgrade, HTTP2-Settings").adding("Upgrade", "h2c").adding(
          "HTTP2-Settings",
          "AAMAAABk"
        )
      let upgrade = try await TestConnection(port: server.port)
      await upgrade.send(request.bytes)
      let response = try #require(try await upgrade.response())
      #expect(response.status == 200)
      #expect(response.header("connection") == "close")
      #expect(try await upgrade.response() == nil)

      let tunnel = try await TestConnection(port: server.port)
      await tunnel.send("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")
      let refusal = try #require(try await tunnel.response())
      #expect(refusal.status == 501)
      #expect(refusal.header("connection") == "close")
      #expect(try await tunnel.response() == nil)
    }
  }

  @Test func hasADate() async throws {
    try await TestServer.run { server in
      let response = try await server.send(TestRequest())
      #expect(response.header("date") == "Thu, 10 Aug 2023 12:41:57 GMT")
    }
  }
}
