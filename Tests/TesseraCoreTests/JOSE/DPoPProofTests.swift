import Crypto
import Foundation
import JWTKit
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// DPoP proofs as bytes (RFC 9449 §4.3); what holds for each claim is in `DPoPTests`.
@Suite struct DPoPProofTests {
  private static let url = "https://a.example/b"
  private static let now: Int64 = 1_691_671_317

  private func check(_ fields: [String], token: String? = nil) throws(DPoPProblem) -> DPoPProof {
    try DPoPProof(
      fields,
      for: DPoPProof.Use(method: "POST", targets: [url, Self.url].compactMap(TargetURI.init), token: token),
      at: Timestamp(milliseconds: Self.now * 1000)
    )
  }

  private let url = "https://other.example/"

  @Test func aProofSaysWhatItIsAbout() throws {
    let key = try ProofKey()
    let draft = ProofDraft(key, Self.url, at: Self.now, token: "abc").claim("jti", #""x""#).claim(
      "nonce",
      #""n""#
    )
    let proof = try check([draft.signed()], token: "abc")
    #expect(Base64URL.encode(proof.thumbprint) == key.thumbprint)
    #expect(proof.id == "x" && proof.nonce == "n")
    #expect(proof.expiresAt == Timestamp(milliseconds: Self.now * 1000 + 60_001))
    #expect(throws: DPoPProblem.otherToken) { try check([draft.signed()], token: "abd") }
    #expect(throws: DPoPProblem.noProof) { try check([]) }
    #expect(throws: DPoPProblem.severalProofs) { try check([draft.signed(), draft.signed()]) }
  }

  @Test func aHugeProofIsNotLookedAt() {
    for byte in ["a", ".", "{", "\u{0}", "é"] {
      #expect(throws: DPoPProblem.tooLong) { try check([String(repeating: byte, count: 1 << 20)]) }
    }
  }

  private struct Claims: JWTPayload {
    let jti: String
    let htm: String
    let htu: String
    let iat: Int

    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  @Test func whatJWTKitSignsIsAProof() async throws {
    let key = ES256PrivateKey()
    let point = try #require(key.publicKey.parameters)
    let x = ProofKey.base64URL(try #require(Data(base64Encoded: point.x)))
    let y = ProofKey.base64URL(try #require(Data(base64Encoded: point.y)))
    let text = try await JWTKeyCollection().add(ecdsa: key).sign(
      Claims(jti: "1", htm: "POST", htu: Self.url, iat: Int(Self.now)),
      header: [
        "typ": "dpop+jwt",
        "jwk": .object(["kty": "EC", "crv": "P-256", "x": .string(x), "y": .string(y)]),
      ]
    )
    let thumbprint = SHA256.hash(data: Data(#"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#.utf8))
    #expect(try check([text]).thumbprint == Array(thumbprint))
  }

  /// Bytes that are flipped, cut out, doubled or taken from another proof; nothing traps, and none is a proof.
  @Test(arguments: ProofKey.algorithms)
  func whatWasChangedIsNoProof(algorithm: String) throws {
    let key = try ProofKey(algorithm)
    let good = Array(try ProofDraft(key, Self.url, at: Self.now).signed().utf8)
    let other = Array(try ProofDraft(key, Self.url, at: Self.now).claim("x", "[{}]").signed().utf8)
    var random = SeededGenerator(seed: 9449)
    for _ in 0..<TestExtent.times(2500, inFull: 25_000) {
      var bytes = good
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[place], at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 40))
        default: bytes.replaceSubrange(place..., with: other.suffix(max(0, other.count - place)))
        }
        if bytes.isEmpty { bytes = [0x2E] }
      }
      guard bytes != good, bytes != other else { continue }
      #expect(throws: DPoPProblem.self, "\(String(decoding: bytes, as: UTF8.self))") {
        try check([String(decoding: bytes, as: UTF8.self)])
      }
    }
  }

  /// Members of header and claims that are changed before they are signed: nothing traps.
  @Test func oddMembersAreNoTrap() throws {
    let key = try ProofKey()
    let values = [
      "null", "true", "1e400", "-0", "[]", "{}", #""""#, #""\u0000""#, #""\ud800""#, "[[[[]]]]",
      #"{"a":{"a":1}}"#,
      #""\#(String(repeating: "x", count: 4000))""#, #""https://[/""#, #""https://%""#, #""dpop+jwt""#,
      "9999999999999999999999",
    ]
    var random = SeededGenerator(seed: 9450)
    for _ in 0..<TestExtent.times(500, inFull: 25_000) {
      var draft = ProofDraft(key, Self.url, at: Self.now)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let value = values.randomElement(using: &random)
        if Bool.random(using: &random) {
          draft = draft.header(
            ["typ", "alg", "jwk", "kid", "crit", "b64"].randomElement(using: &random) ?? "",
            value
          )
        } else {
          draft = draft.claim(
            ["jti", "htm", "htu", "iat", "nonce", "ath", "exp", "cnf"].randomElement(using: &random) ?? "",
            value
          )
        }
      }
      let proof = try? check([draft.signed()])
      #expect(proof.map { $0.id.utf8.count <= DPoPProof.maximumIDLength } ?? true)
    }
  }
}

/// Always the same numbers (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
