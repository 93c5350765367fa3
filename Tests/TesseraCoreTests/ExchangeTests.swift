import Synchronization
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What an exchange remembers.
@Suite struct ExchangeTests {
  private func exchange(body: String = "") throws -> Exchange {
    let request = EndpointRequest(
      method: "POST",
      path: "/oauth2/token",
      headers: .form,
      body: Array(body.utf8),
      origin: RequestOrigin(peer: try #require(SourceAddress("127.0.0.1")), over: .plain)
    )
    return Exchange(request, at: TestClocks().wall.now)
  }

  /// A write that counts how often it happens.
  private final class Register: Sendable {
    private let count = Mutex(0)
    var entries: Int { count.withLock { $0 } }

    func enter(upTo most: Int = .max) async throws(OAuthError) -> Int {
      let entries = count.withLock { count in
        count += 1
        return count
      }
      guard entries <= most else { throw OAuthError(.invalidGrant, .tryAgainLater) }
      return entries
    }
  }

  @Test func aStepGivesItsValueAgain() async throws {
    var exchange = try exchange()
    let (step, register) = (OneTimeStep<Int>(), Register())
    for _ in 0..<3 {
      let value = try await Rounds.run { () throws(Interruption) in
        try exchange.once(step) { () async throws(OAuthError) in try await register.enter() }
      }
      #expect(value == 1)
    }
    #expect(register.entries == 1)
  }

  @Test func aStepRefusesAgain() async throws {
    var exchange = try exchange()
    let (step, register) = (OneTimeStep<Int>(), Register())
    for _ in 0..<3 {
      let error = await #expect(throws: OAuthError.self) {
        _ = try await Rounds.run { () throws(Interruption) in
          try exchange.once(step) { () async throws(OAuthError) in try await register.enter(upTo: 0) }
        }
      }
      #expect(error?.code == .invalidGrant)
    }
    #expect(register.entries == 1)
  }

  @Test func stepsAndExchangesAreApart() async throws {
    let (one, other, register) = (OneTimeStep<Int>(), OneTimeStep<Int>(), Register())
    for _ in 0..<2 {
      var exchange = try exchange()
      for step in [one, other] {
        _ = try await Rounds.run { () throws(Interruption) in
          try exchange.once(step) { () async throws(OAuthError) in try await register.enter() }
        }
      }
    }
    #expect(register.entries == 4)
  }

  /// A step whose interruption somebody dropped is still waited for, and its work is done once.
  @Test func workThatWasAskedForTwiceIsDoneOnce() async throws {
    var exchange = try exchange()
    let (step, register) = (OneTimeStep<Int>(), Register())
    var works: [Interruption.Work] = []
    for _ in 0..<2 {
      do throws(Interruption) {
        _ = try exchange.once(step) { () async throws(OAuthError) in try await register.enter() }
      } catch .awaiting(_, let work) {
        works.append(work)
      }
    }
    #expect(works.count == 2)
    for work in works { try await work() }
    let outcome = try exchange.outcome(of: step)
    #expect(outcome == 1)
    #expect(register.entries == 1)
  }

  /// What is refused by one vocabulary would be parsed by the other.
  @Test func aFormIsParsedOnce() throws {
    var exchange = try exchange(body: "scope=a&scope=b")
    let (strict, lax) = (FormRequest.Vocabulary([.scope]), FormRequest.Vocabulary([], repeatable: [.scope]))
    #expect(throws: OAuthError.self) { _ = try exchange.form(strict) }
    for vocabulary in [lax, strict] {
      let form = try exchange.form(vocabulary)
      #expect(form.values(.scope) == ["a", "b"])
    }
  }

  @Test func aViewKeepsWhatItSaw() async throws {
    try await TestServer.run { server in
      let reader = server.replica.reader()
      let clients = [try await server.makeClient().id, try await server.makeClient().id]
      func enabled(_ view: inout ServerView) async throws -> [Bool?] {
        var enabled: [Bool?] = []
        for id in clients {
          let client = try await Rounds.run { () throws(Interruption) in
            try view.client(id, of: reader)
          }
          enabled.append(client?.client.isEnabled)
        }
        return enabled
      }
      var view = ServerView(at: server.clocks.wall.now)
      let facts = try view.facts(of: reader)
      let first = try await enabled(&view)
      #expect(first == [true, true])
      for id in clients { try await server.administration.setClient(id, enabled: false) }
      try await server.administration.retireScope("item")
      try await server.replica.catchUp()
      let (again, sameFacts) = (try await enabled(&view), try view.facts(of: reader))
      #expect(again == [true, true] && sameFacts === facts)
      var later = ServerView(at: server.clocks.wall.now)
      let (changed, newFacts) = (try await enabled(&later), try later.facts(of: reader))
      #expect(changed == [false, false] && newFacts !== facts)
    }
  }

  @Test func roundsHaveABound() async throws {
    var count = 0
    let error = await #expect(throws: OAuthError.self) {
      try await Rounds.run { () throws(Interruption) in
        count += 1
        throw .awaiting { () async throws(OAuthError) in }
      }
    }
    #expect(error?.code == .temporarilyUnavailable && count == 8)
  }
}
