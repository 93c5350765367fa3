import TesseraTestSupport
import Testing

/// What RFC 9110 and RFC 9112 demand of a server about connections and answers.
@Suite struct ConnectionStatements {
  private static let known = "GET /.well-known/jwks.json HTTP/1.1\r\nHost: a\r\n"

  @Test("H32 RFC 9110 §7.8: a server that knows no other protocol goes on as if Upgrade was not there")
  func upgrade() async throws {
    try await BothParsers.run {
      try await $0.expect(
        Self.known + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        200,
        closing: true
      )
    }
  }

  @Test("H33 RFC 9112 §9.3: a connection stays open, but for close or HTTP/1.0 without keep-alive")
  func persistence() async throws {
    try await BothParsers.run { both in
      for option in ["keep-alive", "x", "x, y", "Keep-Alive"] {
        try await both.expect(Self.known + "Connection: \(option)\r\n\r\n", 200)
      }
      for option in ["close", "Close", "x, close", "keep-alive, close", "x\r\nConnection: close"] {
        try await both.expect(Self.known + "Connection: \(option)\r\n\r\n", 200, closing: true)
      }
      let old = Self.known.replacing("HTTP/1.1", with: "HTTP/1.0")
      try await both.expect(old + "\r\n", 200, closing: true)
      try await both.expect(old + "Connection: keep-alive\r\n\r\n", 200)
    }
  }

  @Test("H34 RFC 9112 §9.3.2: answers come in the order of their requests, and none after the last")
  func order() async throws {
    try await BothParsers.run { both in
      let connection = try await TestConnection(port: both.server.port)
      let requests = ["/a", "/.well-known/jwks.json", "/b"].map { "GET \($0) HTTP/1.1\r\nHost: a\r\n" }
      await connection.send(
        requests.joined(separator: "\r\n") + "Connection: close\r\n\r\n" + Self.known + "\r\n"
      )
      for status in [404, 200, 404] { #expect(try await connection.response()?.status == status) }
      #expect(try await connection.response() == nil)
    }
  }

  @Test("H35 RFC 9112 §2.3: an answer to HTTP/1.0 is of HTTP/1.1 too")
  func versionOfTheAnswer() async throws {
    try await TestServer.run { server in
      let connection = try await TestConnection(port: server.port)
      await connection.send("GET / HTTP/1.0\r\n\r\n")
      #expect(
        String(decoding: try await connection.rest(), as: UTF8.self).hasPrefix("HTTP/1.1 404 Not Found\r\n")
      )
    }
  }

  @Test("H36 RFC 9110 §6.6.1: every answer but 100 has a Date")
  func date() async throws {
    try await BothParsers.run { both in
      for text in [Self.known + "\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "garbage\r\n\r\n"] {
        for (response, _) in try await both.answers(text) {
          #expect(response?.header("date") == "Thu, 10 Aug 2023 12:41:57 GMT")
        }
      }
    }
  }

  @Test("H37 RFC 9110 §15.4.5: a 304 has no content, and the fields that would say something new")
  func notModified() async throws {
    try await BothParsers.run { both in
      let whole = try #require(try await both.answers(Self.known + "\r\n")[0].response)
      let tag = try #require(whole.header("etag"))
      for value in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
        for (response, isClosed) in try await both.answers(Self.known + "If-None-Match: \(value)\r\n\r\n") {
          #expect(response?.status == 304)
          #expect(response?.body.isEmpty == true)
          #expect(response?.header("etag") == tag)
          #expect(response?.header("cache-control") == whole.header("cache-control"))
          #expect(response?.header("content-length") == nil)
          #expect(!isClosed)
        }
      }
      try await both.expect(Self.known + "If-None-Match: \"x\"\r\n\r\n", 200)
    }
  }

  @Test("H40 RFC 9110 §13.1.1: a document that is not the one in If-Match is 412")
  func preconditionFailed() async throws {
    try await BothParsers.run { both in
      let tag = try #require(try await both.answers(Self.known + "\r\n")[0].response?.header("etag"))
      for value in [tag, "*", "\"x\", \(tag)", "\"x\"\r\nIf-Match: \(tag)"] {
        try await both.expect(Self.known + "If-Match: \(value)\r\n\r\n", 200)
      }
      for value in ["\"x\"", "W/\(tag)", ""] {
        try await both.expect(Self.known + "If-Match: \(value)\r\n\r\n", 412)
      }
      try await both.expect(Self.known + "If-Match: \(tag)\r\nIf-None-Match: \(tag)\r\n\r\n", 304)
    }
  }

  @Test("H38 RFC 9110 §11.6.1: a 401 has a challenge")
  func challenge() async throws {
    try await BothParsers.run { both in
      let verify = "GET /oauth2/verify?scope=item HTTP/1.1\r\nHost: a\r\n\r\n"
      for (response, _) in try await both.answers(verify) {
        #expect(response?.status == 401)
        #expect(response?.header("www-authenticate")?.isEmpty == false)
      }
    }
  }

  @Test("H39 RFC 9110 §14.2: Range is ignored, as is every field that is not known")
  func ignoredFields() async throws {
    try await BothParsers.run {
      try await $0.expect(Self.known + "Range: bytes=0-1\r\nX-Unknown: a\r\nTE: trailers\r\n\r\n", 200)
    }
  }
}
