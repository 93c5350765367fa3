import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// Proofs that are remembered where they came, in bounded memory.
@Suite struct SeenProofsTests {
  private static let url = "https://a.example/b"
  private let key: ProofKey

  init() throws {
    key = try ProofKey("EdDSA")
  }

  private func proof(_ id: String, at time: Int64) throws -> DPoPProof {
    try DPoPProof(
      [ProofDraft(key, SeenProofsTests.url, at: time).claim("jti", #""\#(id)""#).signed()],
      for: DPoPProof.Use(method: "POST", targets: [SeenProofsTests.url].compactMap(TargetURI.init)),
      at: Timestamp(milliseconds: time * 1000)
    )
  }

  private func take(_ proof: DPoPProof, _ seen: SeenProofs, of client: String = "a", at time: Int64)
    -> SeenProofs.Answer
  {
    seen.take(proof, of: client, at: Timestamp(milliseconds: time * 1000))
  }

  @Test func aProofIsNewOnceForAsLongAsItIsGood() throws {
    let seen = SeenProofs()
    for offset: Int64 in [0, 1, 30, 59] {
      let start = 1_691_671_260 + offset
      let proof = try proof("\(offset)", at: start)
      // Its sender's clock may be a minute ahead.
      #expect(take(proof, seen, at: start - 60) == .new)
      for time in stride(from: start - 60, through: start + 60, by: 10) {
        #expect(take(proof, seen, at: time) == .seen)
      }
    }
    #expect(seen.count == 4)
    let late: Int64 = 1_691_671_260 + 59 + 121
    #expect(take(try self.proof("late", at: late), seen, at: late) == .new)
    #expect(seen.count == 1, "what is too old anyway is forgotten")
  }

  @Test func oneClientTakesHalfOfTheRoom() throws {
    let (seen, now) = (SeenProofs(capacity: 20), Int64(1_691_671_260))
    for number in 0..<10 { #expect(take(try proof("\(number)", at: now), seen, at: now) == .new) }
    #expect(take(try proof("one more", at: now), seen, at: now) == .noRoom)
    #expect(take(try proof("0", at: now), seen, at: now) == .seen)
    for number in 0..<10 { #expect(take(try proof("b\(number)", at: now), seen, of: "b", at: now) == .new) }
    #expect(take(try proof("c", at: now), seen, of: "c", at: now) == .noRoom)
    #expect(seen.count == 20)
    let later = now + 121
    #expect(take(try proof("c", at: later), seen, of: "c", at: later) == .new)
    #expect(seen.count == 1)
  }
}
