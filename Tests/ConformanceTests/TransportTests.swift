import TesseraCore
import TesseraTestSupport
import Testing

/// Tokens that cannot be guessed, and the bounds of a request.
@Suite(.everyDoor) struct TransportTests {
  private func text(_ bytes: [UInt8]) -> Substring.UTF8View {
    String(decoding: bytes, as: UTF8.self)[...].utf8
  }

  @Test("T28 a token has a 128-bit tag: altered anywhere, cut or extended, it is not ours")
  func forgery() async throws {
    try await TestServer.run { server in
      let response = try await server.send(server.makeClient().tokenRequest())
      let token = Array(try #require(response.accessToken).utf8)
      let inspector = TestInspector(
        directory: server.directory,
        formats: [SealedAccessToken(issuer: TestServer.issuer)],
        clock: server.clocks.wall
      )
      guard case .active = try inspector.inspect(text(token)) else {
        Issue.record("the token itself is not active")
        return
      }
      for index in token.indices {
        for replacement in [UInt8(ascii: "a"), UInt8(ascii: "7"), UInt8(ascii: "A"), UInt8(ascii: "0")]
        where replacement != token[index] {
          var altered = token
          altered[index] = replacement
          #expect(try inspector.inspect(text(altered)) == .unreadable, "position \(index)")
        }
      }
      for length in 0..<token.count {
        #expect(try inspector.inspect(text(Array(token[..<length]))) == .unreadable)
      }
      for suffix in ["a", "aa", "aaaaaaaa"] {
        #expect(try inspector.inspect(text(token + Array(suffix.utf8))) == .unreadable)
      }
    }
  }

  @Test("T28 no two tokens are alike")
  func unique() async throws {
    try await TestServer.run { server in
      let request = try await server.makeClient().tokenRequest()
      let connection = try await TestConnection(port: server.port)
      var tokens = Set<String>()
      for _ in 0..<500 {
        await connection.send(request.bytes)
        tokens.insert(try #require(try await connection.response()?.accessToken))
      }
      #expect(tokens.count == 500)
    }
  }

  @Test("T33 a body above 16 KiB is refused, one of exactly 16 KiB is read")
  func bodySize() async throws {
    try await TestServer.run { server in
      let form = TestRequest.encoded(try await server.makeClient().tokenForm()) + "&pad="
      let full = form + String(repeating: "a", count: 16_384 - form.utf8.count)
      expect(try await server.send(TestRequest(body: full)), grants: "item")
      let tooLarge = SeedError.invalidRequest("Request body is too large", status: 413)
      expect(try await server.send(TestRequest(body: full + "a")), is: tooLarge)
      expect(
        try await server.send(TestRequest(body: full + String(repeating: "a", count: 1 << 20))),
        is: tooLarge
      )
    }
  }

  @Test("T33 more than 64 parameters are refused, 64 are read")
  func parameterCount() async throws {
    try await TestServer.run { server in
      let form = try await server.makeClient().tokenForm()
      let extra = (0..<60).map { ("p\($0)", "") }
      expect(try await server.send(TestRequest(form: form + extra)), grants: "item")
      expect(
        try await server.send(TestRequest(form: form + extra + [("one", "more")])),
        is: .invalidRequest("Too many parameters")
      )
    }
  }

  @Test("T33 a scope above 128 characters and more than 64 scopes are refused")
  func scopeLength() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let scopes = [
        String(repeating: "a", count: 129), String(repeating: "a", count: 15_000),
        (0..<65).map { "s\($0)" }.joined(separator: ","), String(repeating: "item,", count: 1500) + "item,x",
      ]
      for scope in scopes {
        let response = try await server.send(client.tokenRequest(["scope": scope]))
        expect(response, is: .invalidScope)
      }
      expect(
        try await server.send(
          client.tokenRequest(["scope": String(repeating: "item,", count: 1500) + "item"])
        ),
        grants: "item"
      )
      let huge = try await server.send(client.tokenRequest(["scope": String(repeating: "a", count: 70_000)]))
      #expect(huge.status == 413)
    }
  }
}
