import Synchronization

/// An answer that something has to be fetched or computed for first.
package struct PendingAnswer: Sendable {
  /// An exchange that waits, and for what.
  private final class Waiting: Sendable {
    let exchange: Mutex<Exchange>
    let awaited: Mutex<Awaited>

    init(_ exchange: consuming Exchange, _ what: Awaited) {
      self.exchange = Mutex(exchange)
      awaited = Mutex(what)
    }
  }

  private let waiting: Waiting
  private let finish: @Sendable () async -> EndpointResponse

  private init(_ waiting: Waiting, _ finish: @escaping @Sendable () async -> EndpointResponse) {
    self.waiting = waiting
    self.finish = finish
  }

  /// What the endpoint says when it is asked again after the work, and as often as there is more of it.
  init(
    _ endpoint: any Endpoint,
    _ exchange: consuming Exchange,
    awaiting what: Awaited,
    _ work: @escaping Interruption.Work
  ) {
    let waiting = Waiting(exchange, what)
    self.init(waiting) {
      do throws(OAuthError) {
        return try await Rounds.run(
          after: work,
          onWaiting: { what in waiting.awaited.withLock { $0 = what } }
        ) {
          () throws(Interruption) in
          // Held by nobody else: it makes the exchange one that can be changed from where this runs.
          try waiting.exchange.withLock { exchange throws(Interruption) in try endpoint.respond(to: &exchange)
          }
        }
      } catch {
        return endpoint.response(for: error)
      }
    }
  }

  /// What it waits for now.
  package var awaited: Awaited { waiting.awaited.withLock { $0 } }

  /// The answer, once it is known; asked for once.
  package func callAsFunction() async -> EndpointResponse { await finish() }

  /// The same, changed by this in the end.
  package func map(_ change: @escaping @Sendable (EndpointResponse) -> EndpointResponse) -> PendingAnswer {
    PendingAnswer(waiting) { [finish] in change(await finish()) }
  }
}
