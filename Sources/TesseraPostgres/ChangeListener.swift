import Foundation
import Synchronization
import TesseraCore

/// The connection on which PostgreSQL tells of changes, with a thread of its own.
///
/// What is lost on the way is found by asking now and then, which is up to whoever waits for the bell.
final class ChangeListener: Sendable {
  private struct State {
    var isStarted = false
    var isClosed = false
    /// Who waits for the thread to end.
    var closers: [CheckedContinuation<Void, Never>] = []
  }

  /// How long the connection may be silent, in milliseconds, before it is asked whether it still is there.
  private static let silence: Int64 = 30_000

  /// Rings at each word of a change, and when some may have been missed.
  let bell = Bell()
  private let connector: Connector
  private let waker = Waker()
  private let state = Mutex(State())

  init(_ connector: Connector) {
    self.connector = connector
  }

  /// Begins to listen, the first time.
  func start() {
    let starts = state.withLock { state in
      guard !state.isStarted, !state.isClosed else { return false }
      state.isStarted = true
      return true
    }
    if starts { Thread.detachNewThread { self.listen() } }
  }

  private var isClosed: Bool { state.withLock { $0.isClosed } }

  private func listen() {
    while !isClosed {
      if let connection = try? connector.connect() { follow(connection) }
      bell.ring()
      guard !isClosed else { break }
      let pause = max(connector.backoff.remaining, Backoff.bounds.lowerBound)
      waker.wait(for: nil, milliseconds: pause)
    }
    let closers = state.withLock { state in
      state.isStarted = false
      defer { state.closers = [] }
      return state.closers
    }
    for closer in closers { closer.resume() }
  }

  /// Listens until the connection is lost or the store closed.
  private func follow(_ connection: Connection) {
    do throws(StoreError) {
      try connection.runSimple("LISTEN \(Migrations.channel)")
      bell.ring()
      while !isClosed, connection.isAlive() {
        if connection.takeNotifications() { bell.ring() }
        let isSilent = !waker.wait(for: connection, milliseconds: ChangeListener.silence)
        if isSilent { try connection.runSimple("SELECT 1") }
      }
    } catch {
      // The next connection finds what this one has missed.
    }
  }

  /// Stops listening, and wakes all that wait.
  func close() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        state.isClosed = true
        guard state.isStarted else { return true }
        state.closers.append(continuation)
        return false
      }
      waker.wake()
      if isOver { continuation.resume() }
    }
    bell.ring()
  }
}
