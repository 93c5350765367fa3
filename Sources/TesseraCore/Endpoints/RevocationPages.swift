import TesseraJOSE
import TesseraSupport

/// The answers of the revocation feed, each made and signed once, however many ask for it.
///
/// An answer is kept as it is sent, until what is in it changes or it gets too old.
final class RevocationPages: Sendable {
  /// How long an answer is used that nothing changed in, in milliseconds: verifiers refuse what is a minute old.
  private static let lifetime: Int64 = 10_000
  /// How many bytes of answers are kept.
  private static let capacity = 33_554_432

  private struct Kept {
    let part: RevocationFeed.Part
    /// What the server knew.
    let facts: Int
    let madeAt: Timestamp
    let document: PublicDocument
  }

  private struct State {
    /// By cursor.
    var pages: [Int64: Kept] = [:]
    var size = 0
  }

  private let replica: Replica
  private let document: RevocationDocument
  private let clock: WallClock
  private let state = SharedLock(State())
  private let maker = Maker()

  init(replica: Replica, issuer: String, clock: WallClock) {
    self.replica = replica
    self.clock = clock
    document = RevocationDocument(issuer: issuer)
  }

  /// The answer to a cursor, if it is there.
  func page(since cursor: Int64) throws(Interruption) -> PublicDocument? {
    let part = try replica.revocationPart(since: cursor)
    let facts = try replica.facts().generation
    return kept(part, facts)
  }

  /// The answer to a cursor, made now if it is not there.
  ///
  /// One is made at a time, outside the event loops: whoever makes cursors up gets no more of this machine.
  func makePage(since cursor: Int64) async throws(Interruption) -> PublicDocument {
    let made = await maker.run { () -> Result<PublicDocument, Interruption> in
      Result { () throws(Interruption) in
        if let known = try self.page(since: cursor) { return known }
        return try self.make(since: cursor)
      }
    }
    return try made.get()
  }

  private func kept(_ part: RevocationFeed.Part, _ facts: Int) -> PublicDocument? {
    let now = clock.now
    return state.withLock { state in
      guard let kept = state.pages[part.since], kept.part == part, kept.facts == facts,
        isFresh(kept, at: now)
      else { return nil }
      return kept.document
    }
  }

  private func isFresh(_ kept: Kept, at now: Timestamp) -> Bool {
    (0..<RevocationPages.lifetime).contains(now.milliseconds - kept.madeAt.milliseconds)
  }

  private func make(since cursor: Int64) throws(Interruption) -> PublicDocument {
    let facts = try replica.facts()
    let page = try replica.revocations(since: cursor)
    let now = clock.now
    let made = try Interruption.refusing { () throws(OAuthError) in
      PublicDocument(try document.encode(page, facts: facts, at: now))
    }
    keep(Kept(part: page.part, facts: facts.generation, madeAt: now, document: made), at: now)
    return made
  }

  private func keep(_ page: Kept, at now: Timestamp) {
    state.withLock { state in
      if state.size + page.document.body.count > RevocationPages.capacity {
        state.pages = state.pages.filter { isFresh($0.value, at: now) }
        state.size = state.pages.values.reduce(0) { $0 + $1.document.body.count }
        if state.size + page.document.body.count > RevocationPages.capacity { state = State() }
      }
      state.size -= state.pages[page.part.since]?.document.body.count ?? 0
      state.pages[page.part.since] = page
      state.size += page.document.body.count
    }
  }

  /// Does one thing at a time; what waits is the callers.
  private actor Maker {
    func run<Value: Sendable>(_ body: @Sendable () -> Value) -> Value { body() }
  }
}
