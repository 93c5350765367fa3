import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraClient

/// Tokens that are bound to a key (RFC 9449).
@Suite(.timeLimit(.minutes(5))) struct DPoPTests {
  /// A proof whose signature jwt-kit has verified by the key that it carries.
  private struct Proof {
    let claims: Oracle.Proof
    let jwk: [String: String]

    init(_ request: ScriptedServer.Request) async throws {
      let fields = request.headers["DPoP"]
      try #require(fields.count == 1)
      let header = try TestJWT(fields[0]).header
      #expect(header["typ"] as? String == "dpop+jwt")
      let algorithm = try #require(header["alg"] as? String)
      jwk = try #require(header["jwk"] as? [String: String])
      #expect(Set(jwk.keys).isDisjoint(with: ["d", "p", "q", "k"]))
      claims = try await Oracle.claims(fields[0], Oracle.Proof.self, signedBy: jwk, algorithm)
    }
  }

  private func run<Result>(
    _ binding: DPoPBinding = DPoPBinding(),
    _ body: (TokenSourceTest, ScriptedServer) async throws -> Result
  ) async throws -> Result {
    try await ScriptedServer.run { api in
      try await TokenSourceTest.run {
        $0.settings.dpop = binding
        $0.wallClock = { Date(timeIntervalSince1970: 1_700_000_000) }
      } _: {
        try await body($0, api)
      }
    }
  }

  private func call(
    _ test: TokenSourceTest,
    _ api: ScriptedServer,
    target: String = "/item",
    repeatsBody: Bool = false,
    change: (inout HTTPClientRequest) -> Void = { _ in }
  ) async throws -> UInt {
    var request = HTTPClientRequest(url: api.url + target)
    change(&request)
    return try await test.httpClient.execute(
      request,
      timeout: .minutes(10),
      authorizedBy: test.source,
      scopes: ["item"],
      repeatsBody: repeatsBody
    ).status.code
  }

  private static func challenge(_ error: String, nonce: String?) -> ScriptedServer.Answer {
    .respond(
      status: 401,
      headers: [("WWW-Authenticate", #"DPoP error="\#(error)", algs="ES256""#)]
        + (nonce.map { [("DPoP-Nonce", $0)] } ?? []),
      body: ""
    )
  }

  private static func wantsNonce(_ nonce: String?) -> ScriptedServer.Answer {
    .respond(
      status: 400,
      headers: nonce.map { [("DPoP-Nonce", $0)] } ?? [],
      body: #"{"error":"use_dpop_nonce"}"#
    )
  }

  private static let algorithms = ClientPrivateKey.Algorithm.allCases.filter { $0 != .mlDSA65 }

  @Test(arguments: [nil] + algorithms.map(Optional.some))
  func provesPossessionToBoth(algorithm: ClientPrivateKey.Algorithm?) async throws {
    let key = try algorithm.map { try KeyFixture.key($0, keyID: "mine") }
    try await run(DPoPBinding(key: key)) { test, api async throws in
      test.server.otherwise(.token("bound", type: "DPoP"))
      api.otherwise(.respond(body: "ok"))
      #expect(try await call(test, api, target: "/item%2Fa?b=c#d") == 200)
      let request = try await Proof(test.server.requests[0])
      #expect(request.claims.htm == "POST")
      #expect(request.claims.htu == test.server.url + "/token")
      #expect(request.claims.iat == 1_700_000_000)
      #expect(request.claims.ath == nil)
      #expect(request.claims.nonce == nil)
      #expect(api.requests[0].headers["Authorization"] == ["DPoP bound"])
      let presented = try await Proof(api.requests[0])
      #expect(presented.claims.htm == "GET")
      #expect(presented.claims.htu == api.url + "/item%2Fa")
      // SHA-256 of "bound", in base64url.
      #expect(presented.claims.ath == "Xhz0KHjfWP6nv6RbcVt4MtiJCSrSPoAuY5ErG_0gVjA")
      #expect(presented.claims.jti != request.claims.jti)
      #expect(presented.jwk == request.jwk)
      if let key { #expect(presented.jwk == key.key.publicMembers) }
    }
  }

  @Test func aProofThatFitsInNoHeaderFieldIsNotSent() async throws {
    try await run(DPoPBinding(key: try KeyFixture.key(.mlDSA65))) { test, _ async throws in
      #expect(try await test.itemError()?.kind == .invalidRequest)
      #expect(test.server.requests.isEmpty)
    }
  }

  @Test func eachSourceHasAKeyOfItsOwnAndEachProofAnIDOfItsOwn() async throws {
    var keys: Set<[String: String]> = []
    for _ in 0..<2 {
      try await run { test, api async throws in
        test.server.enqueue(.error(500), .close, .token("bound", type: "DPoP"))
        api.otherwise(.respond(body: "ok"))
        for _ in 0..<3 { _ = try await call(test, api) }
        var ids: Set<String> = []
        for request in test.server.requests + api.requests {
          let proof = try await Proof(request)
          ids.insert(proof.claims.jti)
          keys.insert(proof.jwk)
        }
        #expect(ids.count == 6)
      }
    }
    #expect(keys.count == 2)
  }

  @Test(arguments: ["Bearer", "N_A", ""]) func anUnboundTokenIsRefused(type: String) async throws {
    try await run { test, api async throws in
      test.server.otherwise(.token("unbound", type: type))
      let error = try #require(try await test.itemError())
      #expect(error.kind == .malformedAnswer)
      #expect(!"\(error)".contains("unbound"))
      #expect(error.message.hasSuffix("or set allowsBearerTokens") == (type == "Bearer"))
      #expect(test.server.requests.count == 1)
    }
  }

  @Test func anUnboundTokenIsABearerTokenWhereItIsAllowed() async throws {
    try await run(DPoPBinding(allowsBearerTokens: true)) { test, api async throws in
      test.server.otherwise(.token("unbound"))
      api.otherwise(.respond(body: "ok"))
      #expect(try await call(test, api) == 200)
      #expect(api.requests[0].headers["Authorization"] == ["Bearer unbound"])
      #expect(api.requests[0].headers["DPoP"].isEmpty)
    }
  }

  @Test func aBoundTokenWithoutABindingIsRefused() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.otherwise(.token("bound", type: "DPoP"))
      #expect(try await test.itemError()?.kind == .malformedAnswer)
      #expect(test.server.requests[0].headers["DPoP"].isEmpty)
    }
  }

  private static func contractAnswer(_ value: String, type: String?) -> ScriptedServer.Answer {
    let type = type.map { #","token_type":"\#($0)""# } ?? ""
    return .respond(
      headers: [("Date", "Thu, 01 Jan 1970 00:00:00 GMT")],
      body: #"{"accessToken":"\#(value)","accessTokenExpiresAt":"1970-01-01T01:00:00.000Z"\#(type)}"#
    )
  }

  @Test func theOtherDialectNamesTheTypeOfABoundTokenOnly() async throws {
    try await ScriptedServer.run { api in
      try await TokenSourceTest.run {
        $0.dialect = .contract
        $0.settings.dpop = DPoPBinding()
      } _: { test async throws in
        test.server.enqueue(
          DPoPTests.contractAnswer("one", type: nil),
          DPoPTests.contractAnswer("two", type: "DPoP")
        )
        api.otherwise(.respond(body: "ok"))
        #expect(try await test.itemError()?.kind == .malformedAnswer)
        #expect(try await call(test, api) == 200)
        #expect(api.requests[0].headers["Authorization"] == ["DPoP two"])
      }
    }
    try await TokenSourceTest.run {
      $0.dialect = .contract
    } _: { test async throws in
      test.server.enqueue(
        DPoPTests.contractAnswer("one", type: "DPoP"),
        DPoPTests.contractAnswer("two", type: nil)
      )
      #expect(try await test.itemError()?.kind == .malformedAnswer)
      #expect(try await test.source.token(for: ["item"]).authorization == "Bearer two")
    }
  }

  // MARK: - Nonces of the token service

  @Test func aTokenRequestIsRepeatedWithTheNonce() async throws {
    try await TokenSourceTest.run {
      $0.settings.dpop = DPoPBinding()
      $0.identity = .privateKey(.generate(), clientID: "app")
    } _: { test async throws in
      test.server.enqueue(DPoPTests.wantsNonce("n1"), .token("one", type: "DPoP", expiresIn: 10, nonce: "n2"))
      test.server.otherwise(.token("two", type: "DPoP"))
      #expect(try await test.item() == "one")
      test.clock.advance(by: .seconds(10))
      #expect(try await test.item() == "two")
      var nonces: [String?] = []
      for request in test.server.requests { nonces.append(try await Proof(request).claims.nonce) }
      #expect(nonces == [nil, "n1", "n2"], "the newest, which a granted token brings too")
      let ids = try test.server.requests.map { try TestJWT($0.assertion).text("jti") }
      #expect(Set(ids).count == 3, "and another assertion")
      #expect(test.metrics["requests"] == 3)
      #expect(test.metrics["request_failures"] == 0)
    }
  }

  @Test(arguments: ["n1", nil, "", "a b", "\"", String(repeating: "n", count: 513)])
  func aServerThatIsNeverContentIsAskedTwiceAtMost(nonce: String?) async throws {
    try await run { test, _ async throws in
      test.server.otherwise(DPoPTests.wantsNonce(nonce))
      #expect(try await test.itemError()?.name == "use_dpop_nonce")
      #expect(test.server.requests.count == (nonce == "n1" ? 2 : 1))
    }
  }

  // MARK: - Nonces of APIs

  @Test func aCallIsRepeatedWithTheNonce() async throws {
    try await run { test, api async throws in
      test.server.otherwise(.token("bound", type: "DPoP", nonce: "of the token service"))
      api.enqueue(
        DPoPTests.challenge("use_dpop_nonce", nonce: "n1"),
        .respond(headers: [("DPoP-Nonce", "n2")], body: "ok"),
        .respond(body: "ok")
      )
      #expect(try await call(test, api) == 200)
      #expect(try await call(test, api) == 200)
      var nonces: [String?] = []
      for request in api.requests { nonces.append(try await Proof(request).claims.nonce) }
      #expect(nonces == [nil, "n1", "n2"], "each server has its own")
      #expect(test.server.requests.count == 1, "nothing was wrong with the token")
    }
  }

  @Test func aNonceAndThenARevokedToken() async throws {
    try await run { test, api async throws in
      test.server.enqueue(.token("revoked", type: "DPoP"), .token("fresh", type: "DPoP"))
      api.enqueue(
        DPoPTests.challenge("use_dpop_nonce", nonce: "n1"),
        DPoPTests.challenge("invalid_token", nonce: "n2"),
        .respond(body: "ok")
      )
      #expect(try await call(test, api) == 200)
      #expect(
        api.requests.flatMap { $0.headers["Authorization"] } == [
          "DPoP revoked", "DPoP revoked", "DPoP fresh",
        ]
      )
      #expect(try await Proof(api.requests[2]).claims.nonce == "n2")
    }
  }

  @Test func aRevokedTokenIsRenewedAlthoughThereIsANewNonce() async throws {
    try await run { test, api async throws in
      test.server.enqueue(.token("revoked", type: "DPoP"), .token("fresh", type: "DPoP"))
      api.enqueue(DPoPTests.challenge("invalid_token", nonce: "n1"), .respond(body: "ok"))
      #expect(try await call(test, api) == 200)
      #expect(api.requests.count == 2)
    }
  }

  @Test func anAPIThatIsNeverContentIsCalledTwice() async throws {
    for index in 0..<2 {
      try await run { test, api async throws in
        test.server.otherwise(.token("bound", type: "DPoP"))
        api.enqueue(
          DPoPTests.challenge("use_dpop_nonce", nonce: "n1"),
          DPoPTests.challenge("use_dpop_nonce", nonce: index == 0 ? "n2" : "n1")
        )
        api.otherwise(DPoPTests.challenge("use_dpop_nonce", nonce: "n1"))
        #expect(try await call(test, api) == 401)
        #expect(api.requests.count <= 3)
        #expect(test.server.requests.count <= 2)
      }
    }
  }

  @Test func aBodyThatCannotBeRepeatedKeepsTheTokenAndTheNonce() async throws {
    try await run { test, api async throws in
      test.server.otherwise(.token("bound", type: "DPoP"))
      api.enqueue(DPoPTests.challenge("use_dpop_nonce", nonce: "n1"), .respond(body: "ok"))
      let post: (inout HTTPClientRequest) -> Void = {
        $0.method = .POST
        $0.body = .bytes(ByteBuffer(string: "data"))
      }
      #expect(try await call(test, api, change: post) == 401)
      #expect(try await call(test, api, change: post) == 200)
      #expect(try await Proof(api.requests[1]).claims.nonce == "n1")
      #expect(try await Proof(api.requests[1]).claims.htm == "POST")
      #expect(test.server.requests.count == 1)
    }
  }

  @Test func aProofThatIsInTheCallIsReplaced() async throws {
    try await run { test, api async throws in
      test.server.otherwise(.token("bound", type: "DPoP"))
      api.otherwise(.respond(body: "ok"))
      _ = try await call(test, api) { $0.headers.add(name: "dpop", value: "stale") }
      #expect(api.requests[0].headers["DPoP"].count == 1)
      _ = try await Proof(api.requests[0])
    }
  }

  // MARK: - Parts

  @Test(
    arguments: [
      ("https://a.example", "https://a.example"), ("HTTPS://A.example:443/B?c#d", "https://a.example"),
      ("https://a.example:8443?c", "https://a.example:8443"),
      ("http://a.example:443/", "http://a.example:443"),
      ("http://[::1]:8080/a//b", "http://[::1]:8080"),
    ]
  )
  func origins(url: String, origin: String) {
    #expect(TargetURI(url).map { String($0.origin) } == origin)
  }

  @Test func noncesAreBounded() {
    var table = NonceTable()
    for number in 0..<1000 {
      table.keep("n\(number)", of: "https://\(number).example")
      table.keep("kept\(number)", of: "https://kept.example")
    }
    let known = (0..<1000).filter { table["https://\($0).example"] != nil }
    #expect(known == Array(1000 - (NonceTable.capacity - 1)..<1000))
    #expect(table["https://kept.example"] == "kept999")
  }
}
