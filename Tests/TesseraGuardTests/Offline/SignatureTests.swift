import Crypto
import Foundation
import TesseraJOSE
import Testing

@testable import TesseraCore
@testable import TesseraGuard

/// Signatures that are none (RFC 8725 §2, §3.4).
@Suite(.timeLimit(.minutes(5))) struct SignatureTests {
  /// The public key in the forms that somebody could take for a shared secret.
  private static func forms(of key: TestKey) throws -> [Data] {
    guard case .p256(let x, let y) = key.key.publicMaterial else { return [] }
    let publicKey = try P256.Signing.PublicKey(rawRepresentation: x + y)
    let pem = publicKey.pemRepresentation
    return [
      Data(pem.utf8), Data((pem + "\n").utf8), publicKey.derRepresentation, Data(key.json.utf8),
      publicKey.rawRepresentation, publicKey.x963Representation, publicKey.compressedRepresentation, Data(x),
      Data(key.id.utf8), Data(),
    ]
  }

  @Test(arguments: ["HS256", "ES256"])
  func aMACKeyedWithThePublicKeyIsNoSignature(algorithm: String) async throws {
    try await OfflineTest.run { test async throws in
      for secret in try Self.forms(of: test.issuer.key) {
        var draft = TokenDraft.token(of: test.issuer.url, at: GuardTest.start, test.issuer.key)
        draft.header("alg", "\"\(algorithm)\"")
        let text = draft.unsigned
        let code = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: secret))
        #expect(await test.verdict("\(text).\(base64URL(code))") == .invalid)
        let long = HMAC<SHA512>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: secret))
        #expect(await test.verdict("\(text).\(base64URL(long))") == .invalid)
      }
    }
  }

  /// The order of P-256.
  private static let order: [UInt8] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA,
    0xAD, 0xA7,
    0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
  ]

  @Test func otherFormsOfAnECDSASignatureAreNone() async throws {
    try await OfflineTest.run { test async throws in
      let token = test.issuer.token()
      let dot = try #require(token.lastIndex(of: "."))
      let good = try #require(Base64URL.decode(token[token.index(after: dot)...].utf8))
      let (r, s, zero) = (Array(good[..<32]), Array(good[32...]), [UInt8](repeating: 0, count: 32))
      let der = Array(try P256.Signing.ECDSASignature(rawRepresentation: good).derRepresentation)
      let bad = [
        der, zero + zero, zero + s, r + zero, Self.order + s, r + Self.order, s + r, Array(good.dropLast()),
        good + [0], [0] + good, r, zero + good, good + good, [UInt8](repeating: 0xFF, count: 64),
      ]
      for signature in bad {
        #expect(await test.verdict("\(token[..<dot]).\(base64URL(signature))") == .invalid)
      }
      #expect(await test.verdict("\(token[..<dot]).\(base64URL(good))") == .valid)
    }
  }

  @Test func aKeyOfAnotherServerWithTheSameIDIsAnotherKey() async throws {
    try await OfflineTest.run { test async throws in
      let forger = TestKey(.es256, id: test.issuer.key.id)
      #expect(await test.verdict(test.issuer.token(by: forger)) == .invalid)
      #expect(await test.verdict(test.issuer.token()) == .valid)
      #expect(test.issuer.count(TestIssuer.keysPath) == 1)
    }
  }

  @Test func ofSeveralKeysWithOneIDTheAlgorithmChooses() async throws {
    try await OfflineTest.run { test async throws in
      let keys = SigningAlgorithm.ofTokens.map { TestKey($0, id: "one") }
      test.issuer.change { $0.keys = keys }
      for key in keys { #expect(await test.verdict(test.issuer.token(by: key)) == .valid) }
      let crossed = test.issuer.token(by: keys[1]) { $0.header("alg", #""PS256""#) }
      #expect(await test.verdict(crossed) == .invalid)
    }
  }

  @Test func withoutAKeyIDTheOnlyKeyOfTheAlgorithmIsMeant() async throws {
    try await OfflineTest.run { test async throws in
      let rsa = TestKey(.rs256)
      test.issuer.change { $0.keys.append(rsa) }
      let anonymous: @Sendable (inout TokenDraft) -> Void = { $0.header("kid", nil) }
      #expect(await test.verdict(test.issuer.token(by: rsa, anonymous)) == .valid)
      #expect(await test.verdict(test.issuer.token(by: TestKey(.rs256), anonymous)) == .invalid)
      #expect(await test.verdict(test.issuer.token(by: TestKey(.edDSA), anonymous)) == .invalid)
    }
    try await OfflineTest.run { test async throws in
      test.issuer.change { $0.keys.append(TestKey(.es256)) }
      #expect(await test.verdict(test.issuer.token { $0.header("kid", nil) }) == .invalid)
      #expect(await test.verdict(test.issuer.token()) == .valid)
    }
  }

  @Test func keysThatATokenBringsOrPointsToAreIgnored() async throws {
    try await ScriptedServer.run { attacker in
      try await OfflineTest.run { test async throws in
        let forger = TestKey(.es256)
        attacker.otherwise(.respond(body: #"{"keys":[\#(forger.json)]}"#))
        for id in [forger.id, test.issuer.key.id] {
          for isGood in [true, false] {
            let token = test.issuer.token(by: isGood ? test.issuer.key : forger) { draft in
              draft.header("kid", "\"\(isGood ? test.issuer.key.id : id)\"")
              draft.header("jku", "\"\(attacker.url)/jwks\"")
              draft.header("x5u", "\"\(attacker.url)/cert\"")
              draft.header("x5c", #"["AAAA"]"#)
              draft.header("jwk", forger.json)
              draft.claim("iss", "\"\(test.issuer.url)\"")
            }
            #expect(await test.verdict(token) == (isGood ? .valid : .invalid))
          }
        }
        #expect(attacker.requests.isEmpty)
      }
    }
  }
}
