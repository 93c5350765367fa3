import Foundation
import NIOHTTP1
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraClient

/// Clients that prove who they are by a key (RFC 7523).
@Suite(.timeLimit(.minutes(5))) struct PrivateKeyJWTTests {
  private static let time = Date(timeIntervalSince1970: 1_700_000_000)

  private func run<Result>(
    _ identity: ClientIdentity,
    _ body: (TokenSourceTest) async throws -> Result
  ) async throws -> Result {
    try await TokenSourceTest.run {
      $0.identity = identity
      $0.wallClock = { PrivateKeyJWTTests.time }
    } _: {
      try await body($0)
    }
  }

  @Test(arguments: ClientPrivateKey.Algorithm.allCases, [nil, "mine"])
  func provesByAnAssertion(algorithm: ClientPrivateKey.Algorithm, keyID: String?) async throws {
    let key = try KeyFixture.key(algorithm, keyID: keyID)
    try await run(.privateKey(key, clientID: "app 1")) { test async throws in
      test.server.otherwise(.token("one"))
      #expect(try await test.item() == "one")
      let request = try #require(test.server.requests.first)
      #expect(request.headers["Authorization"].isEmpty)
      #expect(
        request.parameters.filter { $0.key != "client_assertion" } == [
          "grant_type": "client_credentials", "client_id": "app 1", "scope": "item",
          "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ]
      )
      let header = try TestJWT(request.assertion).header
      #expect(header["typ"] as? String == "JWT")
      #expect(header["alg"] as? String == algorithm.rawValue)
      #expect(header["kid"] as? String == keyID)
      #expect(Set(header.keys).isSubset(of: ["typ", "alg", "kid"]))
      let claims = try await Oracle.claims(
        request.assertion,
        Oracle.Assertion.self,
        signedBy: key.key.publicMembers,
        algorithm.rawValue,
        kid: keyID
      )
      #expect(claims.iss == "app 1")
      #expect(claims.sub == "app 1")
      #expect(claims.aud == test.server.url + "/token")
      #expect(claims.iat == 1_700_000_000)
      #expect(claims.exp == 1_700_000_060)
      #expect(claims.jti.count == 22)
      let other = ClientPrivateKey.generate()
      await #expect(throws: (any Error).self, "the oracle tells keys apart") {
        try await Oracle.claims(
          request.assertion,
          Oracle.Assertion.self,
          signedBy: other.key.publicMembers,
          "ES256",
          kid: keyID
        )
      }
    }
  }

  @Test func theAudienceMayBeTheIssuer() async throws {
    let key = try KeyFixture.key(.es256)
    let issuer = "https://login.example.com"
    try await run(.privateKey(key, clientID: "app", audience: issuer)) { test async throws in
      test.server.otherwise(.token("one"))
      _ = try await test.item()
      #expect(try TestJWT(test.server.requests[0].assertion).text("aud") == issuer)
    }
  }

  @Test func eachAttemptHasAnAssertionOfItsOwn() async throws {
    let key = try KeyFixture.key(.es256)
    try await run(.privateKey(key, clientID: "app")) { test async throws in
      test.server.enqueue(.error(500), .close, .error(503), .token("one", expiresIn: 10), .token("two"))
      #expect(try await test.item() == "one", "the lowest jitter waits no time at all")
      test.clock.advance(by: .seconds(10))
      #expect(try await test.item() == "two")
      let ids = try test.server.requests.map { try #require(TestJWT($0.assertion).text("jti")) }
      #expect(ids.count == 5)
      #expect(Set(ids).count == 5)
    }
  }

  @Test func aRotatedKeyCountsFromTheNextRequest() async throws {
    let (old, new) = (try KeyFixture.text("p256.pem"), try KeyFixture.text("ed25519.pem"))
    let file = try TemporaryFile(old)
    try await run(.privateKey(file: file.path, clientID: "app")) { test async throws in
      test.server.otherwise(.token("one", expiresIn: 10))
      _ = try await test.item()
      try file.write(new)
      test.clock.advance(by: .seconds(10))
      _ = try await test.item()
      try file.write("no key")
      test.clock.advance(by: .seconds(10))
      _ = try await test.item()
      try file.remove()
      test.clock.advance(by: .seconds(10))
      _ = try await test.item()
      let algorithms = try test.server.requests.map { try TestJWT($0.assertion).header["alg"] as? String }
      #expect(algorithms == ["ES256", "EdDSA", "EdDSA", "EdDSA"], "the former is kept while there is none")
      #expect(test.log.lines.contains { $0.contains("keeping the private key") })
    }
  }

  @Test(
    arguments: [
      ("hush", "the private key: it is neither PEM nor a JWK"), ("", "the private key: the file is empty"),
    ]
  )
  func aKeyThatCannotBeReadMakesNoRequest(text: String, message: String) async throws {
    let file = try TemporaryFile(text)
    try await run(.privateKey(file: file.path, clientID: "app")) { test async throws in
      let error = try #require(try await test.itemError())
      #expect(error.kind == .credentialsUnavailable)
      #expect(error.message == message)
      #expect(test.server.requests.isEmpty)
      try file.write(try KeyFixture.text("p256.pem"))
      test.server.otherwise(.token("one"))
      #expect(try await test.item() == "one")
    }
  }

  @Test func aFileWithTheWrongAlgorithmMakesNoRequest() async throws {
    let identity = ClientIdentity.privateKey(
      file: KeyFixture.path("p256.pem"),
      algorithm: .rs256,
      clientID: "app"
    )
    try await run(identity) { test async throws in
      #expect(try await test.itemError()?.message.contains("signs only by ES256") == true)
      #expect(test.server.requests.isEmpty)
    }
  }

  @Test func aRefusedKeyIsNotTriedAgainUntilItIsAnother() async throws {
    let file = try TemporaryFile(try KeyFixture.text("p256.pem"))
    try await run(.privateKey(file: file.path, clientID: "app")) { test async throws in
      test.server.enqueue(.error(401, "invalid_client"), .token("one"))
      #expect(try await test.itemError()?.name == "invalid_client")
      #expect(try await test.itemError()?.name == "invalid_client")
      #expect(test.server.requests.count == 1)
      try file.write(try KeyFixture.text("ed25519.pem"))
      #expect(try await test.item() == "one")
    }
    try await run(.privateKey(try KeyFixture.key(.es256), clientID: "app")) { test async throws in
      test.server.enqueue(.error(401, "invalid_client"), .token("one"))
      #expect(try await test.itemError()?.name == "invalid_client")
      #expect(try await test.itemError()?.name == "invalid_client")
      #expect(test.server.requests.count == 1)
      test.clock.advance(by: .seconds(30))
      #expect(try await test.item() == "one")
    }
  }

  @Test func twoHundredCallersCostOneAssertion() async throws {
    try await run(.privateKey(try KeyFixture.key(.es256), clientID: "app")) { test async throws in
      test.server.otherwise(.token("one"))
      try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<200 { group.addTask { try await test.item() } }
        for try await value in group { #expect(value == "one") }
      }
      #expect(test.server.requests.count == 1)
    }
  }

  @Test func theOtherDialectTakesAssertionsToo() async throws {
    try await TokenSourceTest.run {
      $0.identity = .privateKey(.generate(), clientID: "app")
      $0.dialect = .contract
    } _: { test async throws in
      test.server.otherwise(
        .respond(
          headers: [("Date", "Thu, 01 Jan 1970 00:00:00 GMT")],
          body: #"{"accessToken":"one","accessTokenExpiresAt":"1970-01-01T01:00:00.000Z"}"#
        )
      )
      #expect(try await test.item() == "one")
      #expect(test.server.requests[0].assertion.split(separator: ".").count == 3)
    }
  }

  @Test func neitherTheAssertionNorTheKeyShowsUpAnywhere() async throws {
    let key = try KeyFixture.key(.edDSA)
    let secret = try #require(try KeyFixture.jwk(.edDSA)["d"])
    try await run(.privateKey(key, clientID: "app")) { test async throws in
      test.server.otherwise(.hold)
      let call = Task { try await test.itemError() }
      await test.server.untilRequests(1)
      let assertion = test.server.requests[0].assertion
      let part = assertion.prefix(80)
      test.server.release(
        .respond(
          status: 400,
          body: #"{"error":"bad","error_description":"you sent \#(assertion), or \#(part), didn't you?"}"#
        )
      )
      let error = try #require(try await call.value)
      #expect(error.message == "you sent (secret), or (JWT), didn't you?")
      #expect(!test.log.lines.joined().contains(part))
    }
    let identity = ClientIdentity.privateKey(key, clientID: "app")
    var dumped = ""
    dump(key, to: &dumped)
    dump(identity, to: &dumped)
    let bytes = key.key.privateBytes.map(String.init).joined(separator: ", ")
    for text in ["\(key)", String(reflecting: key), "\(identity)", String(reflecting: identity), dumped] {
      #expect(!text.contains(secret))
      #expect(!text.contains(bytes))
      #expect(text.contains("redacted") || text.contains("EdDSA"))
    }
  }
}
