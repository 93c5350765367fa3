import Dispatch
import TesseraJOSE
import Testing

@testable import TesseraCore

@Suite struct SecretStretcherTests {
  private static func digest(_ number: Int) throws -> SecretDigest {
    try #require(SecretDigest(bytes: [UInt8](repeating: UInt8(number), count: SecretDigest.byteCount)))
  }

  @Test("O2 four searches of a source may wait, 16 of a network, 32 in all, and more once those are done")
  func fewMayWait() async throws {
    let gate = DispatchSemaphore(value: 0)
    let secret = StoredSecret(
      name: "default",
      hash: .stretched(salt: [], try SecretStretcherTests.digest(255)),
      createdAt: Timestamp(milliseconds: 0),
      expiresAt: nil
    )
    let stretcher = SecretStretcher()
    let id = try #require(ClientID("client"))
    var waiting: [Task<Bool, Never>] = []
    var count = 0
    func ask(_ address: String) throws -> Bool {
      count += 1
      let search = stretcher.search(
        SecretStretcher.Question(clientID: id, digest: try SecretStretcherTests.digest(count)),
        source: try #require(SourceAddress(address)),
        candidates: [secret],
        match: { _ in
          gate.wait()
          return nil
        },
        recognise: { _ in }
      )
      if let search { waiting.append(search.answer) }
      return search != nil
    }
    for source in 1...4 {
      for _ in 0..<4 { #expect(try ask("192.0.2.\(source)")) }
      #expect(try ask("192.0.2.\(source)") == false)
    }
    #expect(try ask("192.0.2.5") == false, "another source of the same /24")
    for network in 0..<4 {
      for _ in 0..<4 { #expect(try ask("10.0.\(network).1")) }
    }
    #expect(try ask("198.51.100.1") == false, "32 wait")
    for _ in waiting { gate.signal() }
    for answer in waiting { #expect(await answer.value == false) }
    gate.signal()
    #expect(try ask("192.0.2.1"))
  }
}
