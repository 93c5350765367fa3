import Logging
import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraTestSupport
import Testing

/// The cache of published keys, with a clock and a service of the test.
@Suite struct PublishedKeySetsTests {
  private final class Service: Sendable {
    struct State {
      var answer: Result<KeySetDocument, OutboundDocuments.Failure> = .success(
        KeySetDocument(bytes: [], lifetime: 0)
      )
      var reads = 0
      var isHeld = false
    }

    private let state = Mutex(State())

    var reads: Int { state.withLock { $0.reads } }
    var isHeld: Bool {
      get { state.withLock { $0.isHeld } }
      set { state.withLock { $0.isHeld = newValue } }
    }

    func publish(_ keys: [TestSigner], lifetime: Int64 = 300_000) {
      let document = KeySetDocument(bytes: Array(JWKSet(keys.map(\.jwk)).json.utf8), lifetime: lifetime)
      state.withLock { $0.answer = .success(document) }
    }

    func answer(_ text: String) {
      state.withLock { $0.answer = .success(KeySetDocument(bytes: Array(text.utf8), lifetime: 300_000)) }
    }

    func fail() {
      let failure = OutboundDocuments.Failure(description: "it does not work")
      state.withLock { $0.answer = .failure(failure) }
    }

    func read() async -> Result<KeySetDocument, OutboundDocuments.Failure> {
      let answer = state.withLock { state in
        state.reads += 1
        return state.answer
      }
      try? await wait { !isHeld }
      return answer
    }
  }

  private let service = Service()
  private let clocks = TestClocks()

  private func sets(_ change: (inout PublishedKeySets.Settings) -> Void = { _ in }) -> PublishedKeySets {
    var settings = PublishedKeySets.Settings()
    change(&settings)
    return PublishedKeySets(settings: settings, clock: clocks.monotonic, logger: Logger(label: "test")) {
      [service] _ in await service.read()
    }
  }

  private func keys(
    _ sets: PublishedKeySets,
    having keyID: String? = "a",
    at url: String = "https://keys.example/"
  ) async throws -> VerificationKeys? {
    try await Rounds.run { () throws(Interruption) in try sets.keys(at: .url(url), having: keyID) }
  }

  @Test func whatIsFreshIsNotFetchedAgainAndThenIs() async throws {
    service.publish([TestSigner(.es256, id: "a")])
    let sets = sets()
    for _ in 0..<3 { #expect(try await keys(sets)?.contains(keyID: "a") == true) }
    #expect(service.reads == 1)
    service.publish([TestSigner(.es256, id: "b")])
    clocks.advance(milliseconds: 299_999)
    #expect(try await keys(sets)?.contains(keyID: "a") == true)
    clocks.advance(milliseconds: 1)
    #expect(try await keys(sets)?.contains(keyID: "a") == false, "a key that was removed is gone")
    #expect(service.reads == 2)
  }

  @Test func aLongLifetimeIsCut() async throws {
    service.publish([TestSigner(.es256, id: "a")], lifetime: 86_400_000)
    let sets = sets()
    _ = try await keys(sets)
    clocks.advance(seconds: 3600)
    _ = try await keys(sets)
    #expect(service.reads == 2)
  }

  @Test func aHundredThousandKeyIDsAreOneFetchInHalfAMinute() async throws {
    service.publish([TestSigner(.es256, id: "a")])
    let sets = sets()
    for number in 0..<100_000 { _ = try await keys(sets, having: "\(number)") }
    #expect(service.reads == 1)
    service.publish([TestSigner(.es256, id: "a"), TestSigner(.es256, id: "b")])
    clocks.advance(milliseconds: 29_999)
    #expect(try await keys(sets, having: "b")?.contains(keyID: "b") == false)
    clocks.advance(milliseconds: 1)
    #expect(try await keys(sets, having: "b")?.contains(keyID: "b") == true, "a new key is found then")
    #expect(service.reads == 2)
    #expect(try await keys(sets)?.contains(keyID: "a") == true)
  }

  @Test func whatCannotBeFetchedIsTriedOnceInAWhile() async throws {
    service.fail()
    let sets = sets()
    for _ in 0..<100 { #expect(try await keys(sets) == nil) }
    #expect(service.reads == 1)
    service.publish([TestSigner(.es256, id: "a")])
    clocks.advance(seconds: 30)
    #expect(try await keys(sets) != nil)
  }

  @Test(arguments: ["<html>", "", "{}", #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "[1"])
  func whatIsNoKeySetGivesNone(text: String) async throws {
    service.answer(text)
    #expect(try await keys(sets()) == nil)
  }

  @Test func anOldSetIsUsedWhileThereIsNoNewOneButNotForLong() async throws {
    service.publish([TestSigner(.es256, id: "a")])
    let sets = sets()
    _ = try await keys(sets)
    service.fail()
    clocks.advance(seconds: 300)
    #expect(try await keys(sets) != nil)
    clocks.advance(milliseconds: 3_599_999)
    #expect(try await keys(sets) != nil)
    clocks.advance(milliseconds: 1)
    #expect(try await keys(sets) == nil, "an hour after it should have been fetched")
  }

  @Test func manyAtOnceAreOneFetch() async throws {
    service.publish([TestSigner(.es256, id: "a")])
    service.isHeld = true
    let sets = sets()
    let found = try await withThrowingTaskGroup { group in
      for _ in 0..<50 { group.addTask { try await keys(sets) != nil } }
      try await wait { service.reads == 1 }
      service.isHeld = false
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(found == 50 && service.reads == 1)
  }

  @Test func whatIsFetchedAtATimeAndWhatIsKeptIsBounded() async throws {
    service.publish([TestSigner(.es256, id: "a")])
    service.isHeld = true
    let sets = sets {
      $0.maximumFlights = 2
      $0.maximumSets = 10
    }
    try await withThrowingTaskGroup { group in
      for number in 0..<2 {
        group.addTask { _ = try await keys(sets, at: "https://keys\(number).example/") }
      }
      try await wait { service.reads == 2 }
      await #expect(throws: OAuthError.self) { try await keys(sets, at: "https://keys3.example/") }
      service.isHeld = false
      try await group.waitForAll()
    }
    #expect(try await keys(sets, at: "https://keys3.example/") != nil, "it is tried again at once")
    let reads = service.reads
    for number in 10..<30 { _ = try await keys(sets, at: "https://keys\(number).example/") }
    _ = try await keys(sets, at: "https://keys0.example/")
    #expect(service.reads == reads + 21, "it had been forgotten")
  }
}
