import Foundation
import TesseraJOSE
import Testing

@testable import TesseraCore
@testable import TesseraGuard

/// Texts that are no JWS in compact form (RFC 7515 §7.1): refused, whatever they are.
@Suite(.timeLimit(.minutes(5))) struct TokenFormTests {
  private func parts(_ token: String) -> [String] { token.split(separator: ".").map(String.init) }

  @Test func onlyThreePartsAreOne() async throws {
    try await OfflineTest.run { test async throws in
      let good = test.issuer.token()
      let part = parts(good)
      let (header, payload, signature) = (part[0], part[1], part[2])
      let bad = [
        "", ".", "..", "...", "....", String(repeating: ".", count: 8000), header, "\(header).\(payload)",
        "\(header).\(payload).", ".\(payload).\(signature)", "\(header)..\(signature)", good + ".",
        "." + good,
        "\(good).\(signature)", "\(header).\(payload).\(signature).\(payload).\(signature)", "\(good)..",
        "\(header)..\(payload).\(signature).x", good + "=", "\(header)=.\(payload).\(signature)",
        "\(header).\(payload)==.\(signature)", good + "\n", " " + good, good + "\u{0}", "Bearer " + good,
        good.replacing(".", with: ". "), "\(payload).\(header).\(signature)", good + "A",
        String(good.dropLast()),
        good + good, "aeaack4yx3qk", "eyJ", "é.é.é",
        #"{"payload":"\#(payload)","signatures":[{"protected":"\#(header)","signature":"\#(signature)"}]}"#,
        #"{"payload":"\#(payload)","protected":"\#(header)","signature":"\#(signature)"}"#,
      ]
      for token in bad { #expect(await test.verdict(token) == .invalid, "\(token)") }
      #expect(await test.verdict(good) == .valid)
    }
  }

  @Test func aSignatureHasOneSpelling() async throws {
    try await OfflineTest.run { test async throws in
      let good = test.issuer.token()
      // 64 bytes leave four bits of the last character unused.
      let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/~")
      let spellings = alphabet.map { String(good.dropLast()) + String($0) }
      for token in spellings where token != good { #expect(await test.verdict(token) == .invalid) }
      #expect(spellings.contains(good))
      #expect(await test.verdict(good) == .valid)
    }
  }

  @Test func headersAndPayloadsThatAreNoObjects() async throws {
    try await OfflineTest.run { test async throws in
      let key = test.issuer.key
      let draft = TokenDraft.token(of: test.issuer.url, at: GuardTest.start, key)
      let (header, claims) = (TokenDraft.json(draft.header), TokenDraft.json(draft.claims))
      func signed(_ header: some Sequence<UInt8>, _ claims: some Sequence<UInt8>) throws -> String {
        let text = "\(base64URL(header)).\(base64URL(claims))"
        return "\(text).\(base64URL(try #require(key.key.signature(for: Array(text.utf8)))))"
      }
      let wrong: [[UInt8]] = [
        Array("null".utf8), Array("[]".utf8), Array("1".utf8), Array(#""a""#.utf8), Array("true".utf8),
        Array("{".utf8),
        Array("{}".utf8), [0xFF], [0xEF, 0xBB, 0xBF] + Array(header.utf8), Array(header.utf8) + [0],
        Array((header + "{}").utf8), Array("[\(header)]".utf8), Array(header.utf8).dropLast() + [0xC3, 0x28],
        Array(#"{"a":"\ud800"}"#.utf8), Array(String(repeating: #"{"a":"#, count: 500).utf8),
        Array(String(repeating: "[", count: 5000).utf8), Array("{\"a\":\"\u{1}\"}".utf8),
      ]
      for bytes in wrong {
        #expect(await test.verdict(try signed(bytes, claims.utf8)) == .invalid)
        #expect(await test.verdict(try signed(header.utf8, bytes)) == .invalid)
      }
      let spaced = " \n\t\(header)\r\n "
      #expect(await test.verdict(try signed(spaced.utf8, "\n\(claims) ".utf8)) == .valid)
    }
  }

  @Test func megabytesAreRefusedAndSoIsWhatIsTooLong() async throws {
    try await OfflineTest.run { test async throws in
      let padded = { (count: Int) in
        test.issuer.token { $0.claim("x", "\"" + String(repeating: "x", count: count) + "\"") }
      }
      #expect(await test.verdict(padded(5000)) == .valid)
      #expect(await test.verdict(padded(6500)) == .invalid)
      #expect(await test.verdict(padded(4 << 20)) == .invalid)
      for filling in ["a", ".", "a.", "=", "["] {
        #expect(await test.verdict(String(repeating: filling, count: 4 << 20)) == .invalid)
      }
    }
  }

  @Test func whoeverAllowsMegabytesIsNotCrashedByThem() async throws {
    try await OfflineTest.run {
      $0.maximumTokenLength = 1 << 24
    } _: { test async throws in
      let megabyte = 1 << 20
      let deep = String(repeating: "[", count: megabyte) + String(repeating: "]", count: megabyte)
      #expect(await test.verdict(test.issuer.token { $0.claim("x", deep) }) == .invalid)
      #expect(await test.verdict(test.issuer.token { $0.header("x", deep) }) == .invalid)
      #expect(await test.verdict(String(repeating: "a.", count: megabyte)) == .invalid)
      let digits = String(repeating: "9", count: megabyte)
      #expect(await test.verdict(test.issuer.token { $0.claim("exp", digits) }) == .invalid)
      #expect(await test.verdict(test.issuer.token { $0.claim("exp", "1e" + digits) }) == .invalid)
      #expect(await test.verdict(test.issuer.token { $0.claim("exp", "1e-" + digits) }) == .invalid)
    }
  }
}
