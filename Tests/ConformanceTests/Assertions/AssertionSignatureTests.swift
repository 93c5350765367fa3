import Crypto
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// Who has signed an assertion, and how (RFC 8725).
@Suite(.everyDoor) struct AssertionSignatureTests {
  @Test("J17 another client's key proves nothing")
  func otherKey() async throws {
    try await AssertionWorld.run { world in
      let other = try await world.server.makeClient { $0.authenticationMethod = .privateKeyJWT }
      let theirs = TestSigner(.es256)
      try await world.server.register([theirs], of: other)
      expect(try await world.send(world.assertion(by: theirs)), is: .failedInBody)
      expect(try await world.send(world.assertion(by: TestSigner(.es256))), is: .failedInBody, "nobody's")
      let own = world.server.assertion(of: other).signed(by: theirs)
      expect(try await world.send(own), grants: "item", "who it is says the assertion")
      try await world.expectTwinPasses()
    }
  }

  @Test("J18 only the algorithms that there are, by their exact names")
  func algorithms() async throws {
    try await AssertionWorld.run { world in
      for name in [
        #""none""#, #""None""#, #""nOnE""#, #""""#, #""es256""#, #""ES256K""#, #""ES512""#, #""HS384""#,
        #""RS1""#, "null",
        "1", #"["ES256"]"#,
      ] {
        let assertion = world.assertion { $0.set("alg", name, inHeader: true) }
        let unsigned = assertion.split(separator: ".").prefix(2).joined(separator: ".") + "."
        for text in [assertion, unsigned] { expect(try await world.send(text), is: .failedInBody, "\(name)") }
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("J18 each algorithm for clients works", arguments: SigningAlgorithm.all)
  func eachAlgorithm(algorithm: SigningAlgorithm) async throws {
    try await AssertionWorld.run(algorithm) { world in
      try await world.expectTwinPasses()
      var altered = world.assertion()
      altered.removeLast(8)
      expect(try await world.send(altered + "AAAAAAAA"), is: .failedInBody)
    }
  }

  @Test("J19 HS256 by the bytes of a public key fails")
  func publicKeyAsSecret() async throws {
    try await AssertionWorld.run { world in
      guard case .p256(let x, let y) = world.key.key.publicMaterial else { return }
      let key = try P256.Signing.PublicKey(rawRepresentation: x + y)
      for secret in [
        Array(key.pemRepresentation.utf8), Array((key.pemRepresentation + "\n").utf8),
        Array(key.derRepresentation), Array(key.x963Representation), x + y, Array(world.key.jwk.json.utf8),
        [],
      ] {
        var assertion = world.server.assertion(of: world.client)
        assertion.set("alg", #""HS256""#, inHeader: true)
        let text = assertion.text(by: world.key)
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: secret))
        expect(try await world.send(text + "." + Base64URL.encode(Array(code))), is: .failedInBody)
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("J20 alg matches the key, also one without alg")
  func algorithmOfTheKey() async throws {
    try await AssertionWorld.run(.rs256) { world in
      func register(_ algorithm: SigningAlgorithm?) async throws {
        let jwk = JWK(material: world.key.key.publicMaterial, keyID: "k1", algorithm: algorithm)
        try await world.server.change(world.client) {
          $0.keyMetadata.keys = [
            ClientKey(name: "k", material: .key(jwk), createdAt: $0.createdAt, expiresAt: nil)
          ]
        }
      }
      let pss = try #require(SigningAlgorithm.ps256.read(world.key.key.privateBytes))
      let other = TestSigner(.ps256, pss, id: "k1")
      expect(try await world.send(world.assertion(by: other)), is: .failedInBody, "the key is for RS256")
      try await world.expectTwinPasses()
      try await register(nil)
      expect(try await world.send(world.assertion(by: other)), grants: "item", "RSA takes either")
      try await world.expectTwinPasses()
      for name in SigningAlgorithm.all.map(\.name) where name != "RS256" {
        let mislabelled = world.assertion { $0.set("alg", #""\#(name)""#, inHeader: true) }
        expect(try await world.send(mislabelled), is: .failedInBody, "\(name)")
      }
    }
  }

  @Test("J22 a repeated kid is resolved by algorithm")
  func repeatedKeyID() async throws {
    try await AssertionWorld.run { world in
      let keys = [world.key] + [.es384, .edDSA, .es256].map { TestSigner($0, id: "k1") }
      try await world.server.register(keys, of: world.client)
      for key in keys { expect(try await world.send(world.assertion(by: key)), grants: "item") }
      let other = TestSigner(.edDSA, id: "k1")
      expect(try await world.send(world.assertion(by: other)), is: .failedInBody)
      let unnamed = keys.map { TestSigner($0.algorithm, $0.key, id: nil) }
      for key in unnamed {
        expect(try await world.send(world.assertion(by: key)), grants: "item", "without kid")
      }
    }
  }

  @Test("J23 a kid with traversal, SQL, NUL or 10 KB is harmless")
  func oddKeyID() async throws {
    try await AssertionWorld.run { world in
      let odd = [
        "../../../../dev/null", "' OR 1=1 --", #"a\u0000b"#, "http://127.0.0.1/", "k1 ", "K1",
        #"\ud83d\ude00"#,
        String(repeating: "k", count: 6000), String(repeating: "k", count: 10_240),
      ]
      for id in odd {
        let assertion = world.assertion { $0.set("kid", #""\#(id)""#, inHeader: true) }
        let response = try await world.send(assertion)
        #expect(response.status == 400 && response.text.contains("invalid_client"), "\(id.prefix(20))")
      }
      for json in ["1", "null", "[]"] {
        let assertion = world.assertion { $0.set("kid", json, inHeader: true) }
        expect(try await world.send(assertion), is: .failedInBody, "\(json)")
      }
      let named = TestSigner(.es256, world.key.key, id: "' OR 1=1 --")
      try await world.server.register([named], of: world.client)
      expect(try await world.send(world.assertion(by: named)), grants: "item", "of a key that is called so")
    }
  }

  @Test("J24 jku, x5u, x5c and jwk in the header are ignored")
  func keysInTheHeader() async throws {
    try await AssertionWorld.run { world in
      let forger = TestSigner(.es256)
      let members = [
        ("jku", #""http://127.0.0.1:\#(world.server.port)/keys""#), ("x5u", #""https://forger.example/""#),
        ("x5c", #"["MIIB"]"#), ("jwk", forger.jwk.json),
      ]
      for (name, json) in members {
        let forged = world.assertion(by: forger) { $0.set(name, json, inHeader: true) }
        expect(try await world.send(forged), is: .failedInBody, "\(name)")
        let own = world.assertion { $0.set(name, json, inHeader: true) }
        expect(try await world.send(own), grants: "item", "\(name)")
      }
    }
  }

  @Test(
    "J30 ECDSA signatures of zeros, in DER or of another length fail",
    arguments: [SigningAlgorithm.es256, .es384]
  )
  func oddSignatures(algorithm: SigningAlgorithm) async throws {
    try await AssertionWorld.run(algorithm) { world in
      let text = world.server.assertion(of: world.client).text(by: world.key)
      let good = try #require(world.key.key.signature(for: Array(text.utf8)))
      let half = good.count / 2
      func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let significant = Array(bytes.drop { $0 == 0 })
        let body = (significant.first ?? 0) >= 0x80 ? [0] + significant : significant
        return [0x02, UInt8(body.count)] + body
      }
      let sequence = integer(good[..<half]) + integer(good[half...])
      let zeros = [UInt8](repeating: 0, count: half)
      for bad in [
        zeros + zeros, zeros + good[half...], good[..<half] + zeros,
        [0x30, UInt8(sequence.count)] + sequence,
        good.dropLast(), good + [0], [0] + good, good + good, [UInt8](repeating: 0xFF, count: 2 * half), [1],
      ].map(Array.init) {
        expect(try await world.send(text + "." + Base64URL.encode(bad)), is: .failedInBody)
      }
      expect(try await world.send(text + "." + Base64URL.encode(good)), grants: "item")
    }
  }

  @Test("J31 an RSA key below 2048 bits or an EC key below 224 bits is no key")
  func weakKeys() throws {
    func isKey(_ json: String) -> Bool { JSON(json.utf8).flatMap { JWK($0) } != nil }
    func rsa(_ bytes: Int) -> String {
      #"{"kty":"RSA","e":"AQAB","n":"\#(Base64URL.encode([UInt8](repeating: 0xC5, count: bytes)))"}"#
    }
    #expect(!isKey(rsa(128)) && !isKey(rsa(192)) && !isKey(rsa(255)) && isKey(rsa(256)))
    for (curve, length) in [("P-192", 24), ("secp160r1", 20), ("P-256", 31)] {
      let half = Base64URL.encode([UInt8](repeating: 1, count: length))
      #expect(!isKey(#"{"kty":"EC","crv":"\#(curve)","x":"\#(half)","y":"\#(half)"}"#), "\(curve)")
    }
    #expect(isKey(TestSigner(.es256).jwk.json) && isKey(TestSigner(.es384).jwk.json))
  }
}
