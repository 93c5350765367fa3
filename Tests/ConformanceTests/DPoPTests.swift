import Foundation
import TesseraCore
import TesseraJOSE
import TesseraStoreTesting
import TesseraSupport
import TesseraTestSupport
import Testing

/// DPoP at the token endpoints (RFC 9449 §4, §5).
@Suite(.everyDoor) struct DPoPTests {
  @Test("D1 two proofs are refused, one is taken")
  func oneHeader() async throws {
    try await DPoPWorld.run { world async throws in
      let both = try await world.ask(world.draft.signed(), world.draft.signed())
      expect(both, is: DPoPWorld.badProof)
      let joined = try "\(world.draft.signed()), \(world.draft.signed())"
      try await world.expectRefusal(of: joined)
      #expect(try await world.ask(world.draft.signed()).status == 200)
    }
  }

  @Test("D2 what is no JWT is refused")
  func malformed() async throws {
    try await DPoPWorld.run { world async throws in
      let good = try world.draft.signed()
      let parts = good.split(separator: ".").map(String.init)
      for text in [
        "", "a", ".", "..", "a.b", "a.b.c", "é.é.é", good + ".", good + ".x", "." + good, good + "=",
        parts[0],
        "\(parts[0]).\(parts[1])", "\(parts[0])..\(parts[2])", ".\(parts[1]).\(parts[2])",
        "\(parts[0]).\(parts[1]).", "\(parts[1]).\(parts[0]).\(parts[2])", "Bearer \(good)",
        #"{"payload":"\#(parts[1])","protected":"\#(parts[0])","signature":"\#(parts[2])"}"#,
        String(repeating: "a", count: 8000), String(repeating: ".", count: 8000),
      ] { try await world.expectRefusal(of: text, "\(text.prefix(40))") }
      for draft in [
        world.draft.claim("x", "[1,]"), world.draft.claim("x", #"1,"jti":"again""#),
        world.draft.header("x", #"1,"alg":"ES256""#), world.draft.header("crit", #"["exp"]"#),
        world.draft.claim("x", String(repeating: "[", count: 1000)),
      ] { try await world.expectRefusal(of: draft.signed()) }
      #expect(try await world.ask(good).status == 200)
    }
  }

  @Test(
    "D3 another type than dpop+jwt is refused",
    arguments: [
      nil, #""JWT""#, #""DPoP+JWT""#, #""application/dpop+jwt""#, #""at+jwt""#, #""""#, "7", "null",
    ]
  )
  func type(type: String?) async throws {
    try await DPoPWorld.run { world async throws in
      try await world.expect(world.draft.header("typ", type), isRefusedUnlike: world.draft)
    }
  }

  @Test("D4 a proof is signed by an asymmetric algorithm", arguments: ProofKey.algorithms)
  func algorithm(algorithm: String) async throws {
    try await DPoPWorld.run(algorithm: algorithm) { world async throws in
      for name in [
        nil, #""none""#, #""None""#, #""""#, #""HS256""#, #""HS512""#, #""es256""#, #""ES256K""#, #""ES999""#,
        #""ML-DSA-65""#, "7", "null",
      ] { try await world.expectRefusal(of: world.draft.header("alg", name).signed(), "\(name ?? "no alg")") }
      let others = ProofKey.algorithms.filter { $0 != algorithm }
      for other in others where Set([other, algorithm]) != ["RS256", "PS256"] {
        try await world.expectRefusal(of: world.draft.header("alg", #""\#(other)""#).signed(), "\(other)")
      }
      let parts = try world.draft.header("alg", #""none""#).signed().split(separator: ".")
      try await world.expectRefusal(of: "\(parts[0]).\(parts[1]).")
      #expect(try await world.ask(world.draft.signed()).status == 200)
    }
  }

  @Test("D5 the signature is of the key in the header", arguments: ProofKey.algorithms)
  func signature(algorithm: String) async throws {
    try await DPoPWorld.run(algorithm: algorithm) { world async throws in
      let draft = world.draft
      let parts = try draft.signed().split(separator: ".").map(String.init)
      let signature = try world.key.signature(of: draft.unsigned)
      var flipped = signature
      flipped[10] ^= 1
      let another = try world.draft.claim("x", "1").signed().split(separator: ".").map(String.init)[2]
      for other in [
        ProofKey.base64URL(flipped), ProofKey.base64URL(signature.dropLast()),
        ProofKey.base64URL(signature + [0]), ProofKey.base64URL(Data(repeating: 0, count: signature.count)),
        another,
        ProofKey.base64URL(Data([0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01])),
      ] { try await world.expectRefusal(of: "\(parts[0]).\(parts[1]).\(other)") }
      try await world.expectRefusal(of: draft.signed(by: ProofKey(algorithm)))
      #expect(try await world.ask(draft.signed()).status == 200)
    }
  }

  @Test("D6 a key that is private, symmetric or none is refused", arguments: ProofKey.algorithms)
  func key(algorithm: String) async throws {
    try await DPoPWorld.run(algorithm: algorithm) { world async throws in
      let jwk = world.key.jwk
      let open = jwk.dropLast()
      for other in [
        nil, "\(open)\(world.key.privateMember)}", #"\#(open),"k":"AQAB"}"#, #"\#(open),"dp":null}"#,
        #"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#, #""key""#, "null", "{}",
        "[\(jwk)]", #"{"keys":[\#(jwk)]}"#, #"\#(open),"use":"enc"}"#,
        #"\#(open),"alg":"ES999"}"#, #"\#(open),"key_ops":["sign"]}"#,
        #"{"kty":"EC","crv":"P-256","x":"\#(String(repeating: "A", count: 43))","y":"\#(String(repeating: "A", count: 43))"}"#,
        #"{"kty":"EC","crv":"P-521","x":"AQAB","y":"AQAB"}"#, #"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#,
      ] {
        try await world.expectRefusal(of: world.draft.header("jwk", other).signed(), "\(other ?? "no jwk")")
      }
      let more = #"\#(open),"use":"sig","key_ops":["verify"],"ext":true,"kid":"mine","alg":"\#(algorithm)"}"#
      #expect(try await world.ask(world.draft.header("jwk", more).signed()).status == 200)
    }
  }

  @Test("D7 a proof without jti, htm, htu or iat is refused", arguments: ["jti", "htm", "htu", "iat"])
  func claims(name: String) async throws {
    try await DPoPWorld.run { world async throws in
      for value in [nil, "null", #""""#, "[]", "{}", "true"] {
        try await world.expectRefusal(of: world.draft.claim(name, value).signed(), "\(value ?? "no \(name)")")
      }
      #expect(try await world.ask(world.draft.signed()).status == 200)
    }
  }

  @Test("D8 a proof for another method is refused", arguments: ["GET", "post", "Post", "POST ", "PUT", "*"])
  func method(method: String) async throws {
    try await DPoPWorld.run { world async throws in
      try await world.expect(world.draft.claim("htm", #""\#(method)""#), isRefusedUnlike: world.draft)
    }
  }

  @Test("D9 a query and a fragment of htu count for nothing, and everything else does")
  func target() async throws {
    try await DPoPWorld.run { world async throws in
      let url = TestServer.issuer + Door.current.rawValue
      for same in [url, url + "?", url + "?a=b", url + "#c", url + "?a=/../x&b#c/d"] {
        let proof = try world.draft.claim("htu", #""\#(same)""#).signed()
        #expect(try await world.ask(proof).status == 200, "\(same)")
      }
      let other = Door.current == .contract ? Door.standard : Door.contract
      for different in [
        TestServer.issuer, TestServer.issuer + "/", url + "/", url + "/x", url.uppercased(),
        Door.current.rawValue,
        TestServer.issuer + other.rawValue, url.replacing("http:", with: "https:"),
        "//127.0.0.1:8080/oauth/token",
        url.replacing("127.0.0.1", with: "localhost"), url.replacing(":8080", with: ""),
        url.replacing("127.0.0.1", with: "user@127.0.0.1"), url.replacing("8080", with: "80800"), url + "%",
        url.replacing("127.0.0.1:8080", with: "127.0.0.1:8080@evil.example"),
        "https://evil.example/?\(url)", "http://evil.example#\(url)", url + " ",
        url.replacing("/", with: #"\\"#),
        "http://" + String(repeating: "a", count: 3000),
      ] {
        try await world.expectRefusal(
          of: world.draft.claim("htu", #""\#(different)""#).signed(),
          "\(different)"
        )
      }
    }
  }

  @Test(
    "D9 the URL that an endpoint has for clients with certificates counts where one was shown, and only there"
  )
  func alias() async throws {
    let base = "https://mtls.example.com"
    var setting = CertificateWorld.Setting()
    setting.baseURL = base
    try await CertificateWorld.run(setting) { world async throws in
      let certificate = try world.issue()
      let client = try await world.client(with: [certificate])
      let (other, key) = (try await world.server.makeClient(), try ProofKey())
      func proof(for start: String) throws -> String {
        let now = world.server.clocks.wall.now.milliseconds / 1000
        return try ProofDraft(key, start + Door.current.rawValue, at: now).signed()
      }
      func ask(_ form: [(String, String)], _ shown: TestCertificate?, _ start: String) async throws
        -> TestResponse
      {
        try await world.server.send(
          CertificateWorld.request(form, shown).adding("DPoP", try proof(for: start))
        )
      }
      let certified = client.tokenForm(["client_secret": nil])
      for start in [base, base.uppercased(), base + ":443", TestServer.issuer] {
        #expect(try await ask(certified, certificate, start).member("token_type") == "DPoP", "\(start)")
        #expect(try await ask(other.tokenForm(), certificate, start).status == 200, "\(start), by a secret")
      }
      expect(try await ask(other.tokenForm(), nil, base), is: DPoPWorld.badProof, "without a certificate")
      #expect(try await ask(other.tokenForm(), nil, TestServer.issuer).status == 200)
      for start in ["https://mtls.example.org", base + "/tenant", "http://mtls.example.com"] {
        expect(try await ask(certified, certificate, start), is: DPoPWorld.badProof, "\(start)")
      }
    }
    try await CertificateWorld.run { world async throws in
      let certificate = try world.issue()
      let client = try await world.client(with: [certificate])
      let now = world.server.clocks.wall.now.milliseconds / 1000
      let proof = try ProofDraft(try ProofKey(), base + Door.current.rawValue, at: now).signed()
      let request = CertificateWorld.request(client.tokenForm(["client_secret": nil]), certificate)
      expect(try await world.server.send(request.adding("DPoP", proof)), is: DPoPWorld.badProof, "no alias")
    }
  }

  @Test("D10 htu may be written in every way that means the same URL (RFC 3986 §6.2)")
  func spelling() async throws {
    var options = TestServer.Options()
    options.issuer = "https://login.example.com/tenant"
    let path = Door.current.rawValue
    try await DPoPWorld.run(options) { world async throws in
      for start in [
        "https://login.example.com/tenant", "HTTPS://Login.Example.COM/tenant",
        "https://login.example.com:443/tenant", "https://login.example.com:/tenant",
        "https://login.example.com:00443/%74enant", "https://login.example.com/a/../tenant",
        "https://login.example.com/./tenant",
      ] {
        let proof = try world.draft.claim("htu", #""\#(start + path)""#).signed()
        #expect(try await world.ask(proof).status == 200, "\(start)")
      }
      for start in [
        "https://login.example.com", "http://login.example.com/tenant", "https://login.example.com:80/tenant",
        "https://login.example.com/Tenant", "https://login.example.com./tenant",
        "https://login.example.com/tenant/", "https://login.example.com/ten%2Fant",
      ] {
        try await world.expectRefusal(
          of: world.draft.claim("htu", #""\#(start + path)""#).signed(),
          "\(start)"
        )
      }
    }
  }

  @Test(
    "D11 an htu that is no text is refused",
    arguments: ["7", "true", "null", "{}", #"["URL"]"#, "1e400"]
  )
  func targetOfAnotherKind(value: String) async throws {
    try await DPoPWorld.run { world async throws in
      let value = value.replacing("URL", with: TestServer.issuer + Door.current.rawValue)
      try await world.expect(world.draft.claim("htu", value), isRefusedUnlike: world.draft)
    }
  }

  @Test("D12 a proof is of the last minute, or of the next by a clock that is ahead")
  func time() async throws {
    try await DPoPWorld.run { world async throws in
      for (value, isGood) in [
        ("\(world.now)", true), ("\(world.now - 59)", true), ("\(world.now - 60).643", true),
        ("\(world.now - 60).642", false), ("\(world.now - 61)", false), ("\(world.now - 3600)", false),
        ("\(world.now + 60).643", true), ("\(world.now + 60).644", false), ("\(world.now + 3600)", false),
        ("\"\(world.now)\"", false), ("-1", false), ("0", false), ("1e400", false), ("-1e400", false),
        ("9007199254740993", false), ("253402300800", false), ("\(world.now)000", false),
      ] {
        let response = try await world.ask(world.draft.claim("iat", value).signed())
        #expect(response.status == (isGood ? 200 : 400), "\(value)")
      }
      let proof = try world.draft.signed()
      world.server.clocks.advance(seconds: 61)
      try await world.expectRefusal(of: proof, "it was good when it was made")
    }
  }

  @Test("D13 a proof counts once, and its jti is bounded")
  func replay() async throws {
    try await DPoPWorld.run { world async throws in
      let proof = try world.draft.claim("jti", #""same""#).signed()
      #expect(try await world.ask(proof).status == 200)
      try await world.expectRefusal(of: proof)
      try await world.expectRefusal(of: world.draft.claim("jti", #""same""#).signed(), "signed again")
      #expect(try await world.ask(world.draft.claim("jti", #""other""#).signed()).status == 200)
      let other = ProofDraft(try ProofKey(), TestServer.issuer + Door.current.rawValue, at: world.now)
      #expect(try await world.ask(other.claim("jti", #""same""#).signed()).status == 200, "of another key")
      let most = String(repeating: "j", count: 256)
      try await world.expect(
        world.draft.claim("jti", #""\#(most)j""#),
        isRefusedUnlike: world.draft.claim("jti", #""\#(most)""#)
      )
      let another = try world.draft.signed()
      world.server.store.failure = .unavailable("away")
      #expect(try await world.ask(another).status == 503)
      world.server.store.failure = nil
      #expect(try await world.ask(world.draft.signed()).status == 200)
    }
  }

  @Test("D13 of a hundred requests at once with one proof, one gets a token")
  func manyReplays() async throws {
    try await DPoPWorld.run { world async throws in
      let proof = try world.draft.signed()
      let door = Door.current
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<100 {
          group.addTask { try await Door.$current.withValue(door) { try await world.ask(proof).status } }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.filter { $0 == 200 }.count == 1)
      #expect(statuses.filter { $0 == 400 }.count == 99)
    }
  }

  @Test("D14 a bound token is of type DPoP, and only such a token")
  func tokenType() async throws {
    try await DPoPWorld.run { world async throws in
      let bound = try await world.ask(world.draft.signed())
      expect(bound, grants: "item")
      #expect(bound.member("token_type") == "DPoP")
      let bearer = try await world.ask()
      expect(bearer, grants: "item")
      #expect(bearer.member("token_type") == (Door.current == .contract ? nil : "Bearer"))
    }
  }

  @Test("D17 a client that is registered for bound tokens gets no others")
  func registeredForIt() async throws {
    try await DPoPWorld.run { world async throws in
      #expect(try await world.ask().status == 200)
      try await world.server.change(world.client) { $0.keyMetadata.isDPoPBound = true }
      expect(try await world.ask(), is: DPoPWorld.missingProof)
      #expect(try await world.ask(world.draft.signed()).member("token_type") == "DPoP")
    }
  }

  @Test("D21 a bad proof is told to the client and to operators, not what is wrong with it to the client")
  func refusal() async throws {
    try await DPoPWorld.run { world async throws in
      try await world.expectRefusal(of: world.draft.claim("htm", #""GET""#).signed())
      try await world.expectRefusal(of: world.draft.header("jwk", "{}").signed())
      try await wait {
        world.server.log.lines.contains { $0.contains("the DPoP proof is for another method") }
      }
      try await wait { world.server.log.lines.contains { $0.contains("has no public key") } }
      let request = world.client.tokenRequest(["client_secret": "wrong"]).adding("DPoP", "nonsense")
      expect(try await world.server.send(request), is: .failedInBody, "the client comes first")
    }
  }

  @Test("D24 unknown claims are ignored, and so are nbf and exp")
  func moreClaims() async throws {
    try await DPoPWorld.run { world async throws in
      for (name, value) in [
        ("something", #"{"a":[1,"é",null]}"#), ("nbf", "\(world.now + 1000)"), ("exp", "\(world.now - 1000)"),
        ("exp", #""soon""#), ("ath", #""of no token""#), ("nonce", #""of somebody""#), ("iss", "7"),
      ] {
        #expect(try await world.ask(world.draft.claim(name, value).signed()).status == 200, "\(name)")
      }
      #expect(try await world.ask(world.draft.header("kid", #""mine""#).signed()).status == 200)
    }
  }
}
