import Synchronization
import TesseraCore

/// The connections that read: what waits is taken in the order of its coming.
final class ReaderPool: Sendable {
  private struct State {
    var waiting: [Job] = []
    /// The lines that do nothing; the one used last is used first.
    var idle: [Line]
    var isClosed = false
  }

  private let lines: [Line]
  private let state: Mutex<State>

  init(_ connector: Connector) {
    let lines = (0..<connector.limits.readers).map { Line("reader.\($0)", connector) }
    self.lines = lines
    state = Mutex(State(idle: lines.reversed()))
  }

  /// Adds something to read.
  func add(_ job: Job) {
    let line: Line? = state.withLock { state in
      guard !state.isClosed else {
        job.giveUp(.closed)
        return nil
      }
      state.waiting.append(job)
      return state.idle.popLast()
    }
    if let line { line.async { self.serve(on: line) } }
  }

  private func serve(on line: Line) {
    while let job = next(for: line) {
      guard job.begin() else { continue }
      do throws(StoreError) {
        job.finish(job.run(try line.connection()))
      } catch {
        job.finish(error)
      }
    }
  }

  /// What waits for longest; without it the line becomes idle.
  private func next(for line: Line) -> Job? {
    state.withLock { state in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.idle.append(line)
      return nil
    }
  }

  /// Ends what waits and, after what is under way, the connections.
  func close() async {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for job in waiting { job.giveUp(.closed) }
    for line in lines { await line.close() }
  }
}
