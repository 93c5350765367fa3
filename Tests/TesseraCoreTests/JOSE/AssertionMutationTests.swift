import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What anybody can send is taken apart without a trap, and never believed.
@Suite struct AssertionMutationTests {
  /// Random numbers that are the same in each run (SplitMix64).
  private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  /// What parsers trip over.
  private static let pieces: [[UInt8]] = [
    "\"", "\\", "{", "}", "[", "]", ":", ",", ".", "=", "-", "_", "0", "1e400", "-0", "9007199254740993",
    "null",
    "\\u0000", "\\ud800", "\u{0}", "é", "none", "HS256", "ES384", "crit", "AAAA", "eyJ", "..",
  ].map { Array($0.utf8) }

  private static func mutated(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &dice) {
      let index = Int.random(in: 0...bytes.count, using: &dice)
      let rest = bytes.count - index
      switch Int.random(in: 0..<6, using: &dice) {
      case 0 where rest > 0: bytes[index] = UInt8.random(in: 0...255, using: &dice)
      case 1 where rest > 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
      case 2 where rest > 0:
        bytes.removeSubrange(index..<index + min(rest, Int.random(in: 1...9, using: &dice)))
      case 3: bytes.insert(contentsOf: pieces.randomElement(using: &dice) ?? [], at: index)
      case 4 where rest > 1: bytes.insert(contentsOf: bytes[index..<index + min(rest, 40)], at: index)
      default: bytes = Array(bytes[..<index])
      }
    }
    return bytes
  }

  private static let now = Timestamp(milliseconds: 1_700_000_000_000)
  private static let rules = AssertionRules(audiences: ["a"], longestLifetime: 3600)
  private static let claims = #"{"iss":"c","sub":"c","aud":"a","exp":1700000060,"iat":1700000000,"jti":"j"}"#

  /// 60,000 assertions: changed as they are sent, and changed within and signed anew.
  @Test(arguments: [SigningAlgorithm.es256, .es384, .edDSA])
  func aChangedAssertionIsNeverBelieved(algorithm: SigningAlgorithm) throws {
    let signer = TestSigner(algorithm)
    let keys = try #require(VerificationKeys([signer.jwk]))
    let header = #"{"alg":"\#(algorithm.name)","kid":"k1","typ":"JWT"}"#
    func token(_ header: [UInt8], _ claims: [UInt8]) -> [UInt8] {
      let text = Array("\(Base64URL.encode(header)).\(Base64URL.encode(claims))".utf8)
      return text + Array(".\(Base64URL.encode(signer.key.signature(for: text) ?? []))".utf8)
    }
    func isBelieved(_ bytes: [UInt8]) -> Bool {
      guard let jwt = AssertionJWT(bytes), case .byKey(let jws) = jwt.signature, jwt.claims.has("sub", "c"),
        case .verified = keys.signer(of: jws)
      else { return false }
      return AssertionMutationTests.rules.objection(to: jwt.claims, at: AssertionMutationTests.now) == nil
    }
    let (headerBytes, claimBytes) = (Array(header.utf8), Array(AssertionMutationTests.claims.utf8))
    let good = token(headerBytes, claimBytes)
    #expect(isBelieved(good))
    var dice = Dice(state: 14)
    for _ in 0..<18_000 {
      let bad = AssertionMutationTests.mutated(good, &dice)
      #expect(bad == good || !isBelieved(bad))
    }
    // Signed by the right key: it may be believed, but nothing traps.
    for _ in 0..<2000 {
      _ = isBelieved(
        token(
          AssertionMutationTests.mutated(headerBytes, &dice),
          AssertionMutationTests.mutated(claimBytes, &dice)
        )
      )
    }
  }

  /// 40,000 key sets.
  @Test func aChangedKeySetTrapsNothing() throws {
    let signers = SigningAlgorithm.all.map { TestSigner($0) }
    let text = Array("some bytes".utf8)
    var dice = Dice(state: 31)
    for signer in signers where signer.algorithm != .mlDSA65 {
      let set = Array(JWKSet([signer.jwk]).json.utf8)
      let signature = try #require(signer.key.signature(for: text))
      for _ in 0..<8000 {
        guard let jwk = JWKSet(AssertionMutationTests.mutated(set, &dice))?.keys.first else { continue }
        let isSame = jwk.material == signer.jwk.material
        if !isSame, let key = jwk.verifyingKey(for: signer.algorithm) {
          #expect(!key.isSignature(signature, of: text))
        }
        _ = VerificationKeys([jwk])
      }
    }
  }
}
