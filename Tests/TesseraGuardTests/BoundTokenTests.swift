import Crypto
import Foundation
import TesseraTestSupport
import Testing

@testable import TesseraGuard

/// Tokens that are bound to a key or a certificate, at an API (RFC 9449 §7, RFC 8705 §3).
@Suite(.timeLimit(.minutes(5))) struct BoundTokenTests {
  private static let url = "https://api.example.com/items"
  private static let certificate: [UInt8] = [0x30, 1, 2, 3]
  private static let challenge = #"DPoP realm="api", algs="ES256 ES384 RS256 PS256 EdDSA""#

  /// A verifier, and the tokens that it is asked about.
  private struct World {
    let verifier: AccessTokenVerifier
    let key: ProofKey
    let bound: String
    let bearer: String
    let certificateBound: String
    let advance: (Duration) -> Void
    let now: () -> Int64

    func proof(_ token: String? = nil, of key: ProofKey? = nil) -> ProofDraft {
      ProofDraft(key ?? self.key, BoundTokenTests.url, method: "GET", at: now(), token: token ?? bound)
    }

    /// Nil when the request passes.
    func refusal(
      _ authorization: String,
      _ proofs: [String] = [],
      certificate: [UInt8]? = nil,
      query: String? = nil,
      requiring scopes: [String] = [],
      requiresBinding: Bool = false
    ) async -> AccessRefusal? {
      let request = ProtectedRequest(
        method: "GET",
        url: BoundTokenTests.url,
        query: query,
        authorization: [authorization],
        proofs: proofs,
        clientCertificate: certificate
      )
      do throws(AccessRefusal) {
        _ = try await verifier.verify(request, requiring: scopes, requiresBinding: requiresBinding)
        return nil
      } catch {
        return error
      }
    }
  }

  enum Way: CaseIterable {
    case introspection, offline
  }

  private func run(
    _ way: Way,
    proofs: Int = 200_000,
    _ body: (World) async throws -> Void
  ) async throws {
    let key = try ProofKey()
    let confirmations = [
      #"{"jkt":"\#(key.thumbprint)"}"#, nil,
      #"{"x5t#S256":"\#(ProofKey.base64URL(Data(SHA256.hash(data: Data(BoundTokenTests.certificate)))))"}"#,
    ]
    switch way {
    case .introspection:
      try await GuardTest.run {
        $0.settings.maximumProofs = proofs
      } _: { test in
        let tokens = ["bound", "bearer", "certified"]
        test.server.route { request in
          guard let place = tokens.firstIndex(of: request.form["token"] ?? "") else { return .inactive }
          let confirmation = confirmations[place].map { #","cnf":\#($0)"# } ?? ""
          let type = place == 0 ? "DPoP" : "Bearer"
          return .respond(
            body:
              #"{"active":true,"client_id":"app","scope":"item","token_type":"\#(type)"\#(confirmation),"exp":\#(GuardTest.start + 3600)}"#
          )
        }
        try await body(
          World(
            verifier: test.verifier,
            key: key,
            bound: tokens[0],
            bearer: tokens[1],
            certificateBound: tokens[2],
            advance: { test.clock.advance(by: $0) },
            now: { GuardTest.start + test.clock.now.offset.components.seconds }
          )
        )
      }
    case .offline:
      try await OfflineTest.run {
        $0.maximumProofs = proofs
      } _: { test in
        let tokens = confirmations.map { confirmation in test.issuer.token { $0.claim("cnf", confirmation) } }
        try await body(
          World(
            verifier: test.verifier,
            key: key,
            bound: tokens[0],
            bearer: tokens[1],
            certificateBound: tokens[2],
            advance: { test.clock.advance(by: $0) },
            now: { test.issuer.now }
          )
        )
      }
    }
  }

  @Test("D23 an API takes a bound token with a proof, once", arguments: Way.allCases)
  func granted(way: Way) async throws {
    try await run(way) { world in
      let proof = try world.proof().signed()
      #expect(await world.refusal("DPoP \(world.bound)", [proof]) == nil)
      #expect(await world.refusal("DPoP \(world.bound)", [proof])?.detail == "the DPoP proof was used before")
      #expect(try await world.refusal("dpop  \(world.bound)", [world.proof().signed()]) == nil)
      #expect(await world.refusal("Bearer \(world.bearer)") == nil)
      #expect(try await world.refusal("Bearer \(world.bearer)", [world.proof().signed()]) == nil)
    }
  }

  @Test(
    "D23 an API refuses a bound token that is sent as a Bearer token, by a DPoP challenge",
    arguments: Way.allCases
  )
  func sentAsBearer(way: Way) async throws {
    try await run(way) { world in
      for proofs in [[], [try world.proof().signed()]] {
        let refusal = try #require(await world.refusal("Bearer \(world.bound)", proofs))
        #expect(refusal.status == 401 && refusal.code == "invalid_token")
        #expect(
          refusal.headers(realm: "api").first { $0.name == "WWW-Authenticate" }?.value
            == BoundTokenTests.challenge
            + #", error="invalid_token", error_description="The access token is not valid""#
        )
      }
      await #expect(throws: VerificationError.invalidToken) { try await world.verifier.verify(world.bound) }
      await #expect(throws: VerificationError.invalidToken) {
        try await world.verifier.verify(world.certificateBound)
      }
      _ = try await world.verifier.verify(world.bearer)
    }
  }

  @Test("D23 an API refuses what is no proof for the token and the request", arguments: Way.allCases)
  func badProofs(way: Way) async throws {
    try await run(way) { world in
      let good = try world.proof().signed()
      for (proofs, detail) in [
        ([], "there is no DPoP proof"), ([good, good], "there is more than one DPoP proof"),
        ([try world.proof(of: ProofKey()).signed()], "bound to another key"),
        ([try world.proof(world.bearer).signed()], "for another access token"),
        ([try world.proof().claim("ath", nil).signed()], "for another access token"),
        ([try world.proof().claim("htm", #""POST""#).signed()], "for another method"),
        ([try world.proof().claim("htu", #""https://api.example.com/""#).signed()], "for another URL"),
        ([try world.proof().claim("iat", "\(world.now() - 61)").signed()], "too old"),
        ([try world.proof().signed(by: ProofKey())], "signature"), (["nonsense"], "no JWT"),
        ([String(repeating: "a", count: 1 << 20)], "too long"),
      ] {
        let refusal = try #require(await world.refusal("DPoP \(world.bound)", proofs))
        #expect(refusal.status == 401 && refusal.code == "invalid_dpop_proof")
        #expect(refusal.detail.contains(detail))
        #expect(
          refusal.body == #"{"error":"invalid_dpop_proof","error_description":"The DPoP proof is not valid"}"#
        )
      }
      let unbound = try #require(
        try await world.refusal("DPoP \(world.bearer)", [world.proof(world.bearer).signed()])
      )
      #expect(unbound.code == "invalid_token")
      #expect(await world.refusal("DPoP \(world.bound)", [good]) == nil)
    }
  }

  @Test(arguments: Way.allCases)
  func aTokenThatIsBoundToACertificateNeedsIt(way: Way) async throws {
    try await run(way) { world in
      let bearer = "Bearer \(world.certificateBound)"
      #expect(await world.refusal(bearer, certificate: BoundTokenTests.certificate) == nil)
      for certificate in [nil, [], [0x30, 1, 2]] as [[UInt8]?] {
        let refusal = try #require(await world.refusal(bearer, certificate: certificate))
        #expect(refusal.status == 401 && refusal.code == "invalid_token")
        let challenge = refusal.headers(realm: "api").first { $0.name == "WWW-Authenticate" }
        #expect(challenge?.value.hasPrefix("Bearer ") == true)
      }
      let proof = try world.proof(world.certificateBound).signed()
      #expect(
        await world.refusal(
          "DPoP \(world.certificateBound)",
          [proof],
          certificate: BoundTokenTests.certificate
        ) != nil
      )
    }
  }

  @Test(arguments: Way.allCases)
  func whatIsAskedOfEveryTokenIsAskedOfBoundOnes(way: Way) async throws {
    try await run(way) { world in
      let (bound, bearer) = ("DPoP \(world.bound)", "Bearer \(world.bearer)")
      let scope = try #require(
        try await world.refusal(bound, [world.proof().signed()], requiring: ["item", "b"])
      )
      #expect(scope.status == 403 && scope.code == "insufficient_scope")
      let challenge = try #require(scope.headers(realm: "api").first { $0.name == "WWW-Authenticate" })
      #expect(challenge.value.hasPrefix(BoundTokenTests.challenge + #", scope="item b""#))
      #expect(try await world.refusal(bound, [world.proof().signed()], requiring: ["item"]) == nil)
      #expect(
        try await world.refusal(bound, [world.proof().signed()], query: "access_token=x")?.status == 400
      )
      #expect(try await world.refusal(bound, [world.proof().signed()], requiresBinding: true) == nil)
      #expect(await world.refusal(bearer, requiresBinding: true)?.code == "invalid_token")
      #expect(await world.refusal("Basic YTpi")?.code == nil)
      let invalid = try #require(try await world.refusal("DPoP nonsense", [world.proof("nonsense").signed()]))
      #expect(invalid.code == "invalid_token" && invalid.isAboutDPoP)
    }
  }

  @Test(arguments: Way.allCases)
  func proofsAreRememberedInBoundedMemory(way: Way) async throws {
    try await run(way, proofs: 10) { world in
      for _ in 0..<5 {
        #expect(try await world.refusal("DPoP \(world.bound)", [world.proof().signed()]) == nil)
      }
      let refusal = try #require(try await world.refusal("DPoP \(world.bound)", [world.proof().signed()]))
      #expect(refusal.status == 503)
      #expect(refusal.headers(realm: "api").contains { $0.name == "Retry-After" })
      #expect(!refusal.headers(realm: "api").contains { $0.name == "WWW-Authenticate" })
      world.advance(.seconds(121))
      #expect(try await world.refusal("DPoP \(world.bound)", [world.proof().signed()]) == nil)
    }
  }

  @Test func nothingOfTokenAndProofIsShown() throws {
    let request = ProtectedRequest(
      method: "GET",
      url: Self.url,
      authorization: ["DPoP s3cret"],
      proofs: ["pr00f"]
    )
    var dumped = ""
    dump(request, to: &dumped)
    for text in ["\(request)", String(reflecting: request), dumped] {
      #expect(!text.contains("s3cret") && !text.contains("pr00f"))
    }
  }
}
