import Synchronization
import TesseraCore

/// A connection that many calls wait for, taken in turn by who makes them, and served some at a time.
final class TurnLine<Work: Sendable>: Sendable {
  private struct State {
    var queue = TurnQueue<Turn<Work>>()
    var isRunning = false
    var isClosed = false
  }

  /// The connection, and its thread.
  let line: Line
  private let limit: Int
  private let state = Mutex(State())

  /// With at most this many waiting of each party.
  init(_ line: Line, limitOfEach limit: Int = .max) {
    self.line = line
    self.limit = limit
  }

  /// Adds a call; `serve` is run on the thread of the line for as long as any waits.
  func add(_ turn: Turn<Work>, for party: WriteParty, servedBy serve: @escaping @Sendable () -> Void) {
    let (refusal, begins): (StoreError?, Bool) = state.withLock { state in
      guard !state.isClosed else { return (.closed, false) }
      guard state.queue.add(turn, for: party, atMost: limit) else { return (.tooMuchWaits, false) }
      defer { state.isRunning = true }
      return (nil, !state.isRunning)
    }
    if let refusal { turn.giveUp(refusal) }
    if begins { run(serve) }
  }

  private func run(_ serve: @escaping @Sendable () -> Void) {
    line.async {
      serve()
      let isDone = self.state.withLock { state in
        state.isRunning = !state.queue.isEmpty
        return state.queue.isEmpty
      }
      if !isDone { self.run(serve) }
    }
  }

  /// Takes at most this many, one of each in turn, that have not been given up.
  func begun(_ limit: Int) -> [Turn<Work>] {
    state.withLock { $0.queue.take(limit) }.filter { $0.begin() }
  }

  /// Ends what waits and, after what is under way, the connection.
  func close() async {
    let waiting = state.withLock { state in
      state.isClosed = true
      return state.queue.take(.max)
    }
    for turn in waiting { turn.giveUp(.closed) }
    await line.close()
  }
}
