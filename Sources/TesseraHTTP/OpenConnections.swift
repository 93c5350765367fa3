import NIOCore
import Synchronization
import TesseraCore
import TesseraSupport

/// The open connections of a listener: how many, and by event loop which.
final class OpenConnections: Sendable {
  private struct Loop: Sendable {
    let eventLoop: any EventLoop
    let oldestIdle: LoopConnections.OldestIdle
    /// Nil until `serve`.
    let connections: NIOLoopBoundBox<LoopConnections?>
  }

  private let counter: ConnectionCounter
  private let loops: [ObjectIdentifier: Loop]
  private let makeConnections:
    @Sendable (_ eventLoop: any EventLoop, _ oldestIdle: LoopConnections.OldestIdle) -> LoopConnections
  private let warning: PacedWarning

  /// `handshakes` is how many may be under way at a time, which the event loops share.
  init(
    limit: Int,
    handshakes: Int,
    group: any EventLoopGroup,
    clock: WallClock = .system,
    log: any RequestLog,
    warning: PacedWarning
  ) {
    counter = ConnectionCounter(limit: limit)
    self.warning = warning
    var loops: [ObjectIdentifier: Loop] = [:]
    let share = max(1, handshakes / max(1, Array(group.makeIterator()).count))
    for eventLoop in group.makeIterator() {
      loops[ObjectIdentifier(eventLoop)] = Loop(
        eventLoop: eventLoop,
        oldestIdle: LoopConnections.OldestIdle(),
        connections: .makeEmptyBox(eventLoop: eventLoop)
      )
    }
    self.loops = loops
    makeConnections = { eventLoop, oldestIdle in
      LoopConnections(
        eventLoop: eventLoop,
        oldestIdle: oldestIdle,
        maximumHandshakes: share,
        clock: clock,
        log: log
      )
    }
  }

  /// Lets each event loop make the endpoints, and all else that it has for itself, on its own thread: so that it does not
  /// stand beside what others write to.
  func serve(_ makeTable: @escaping @Sendable () throws -> EndpointTable) async throws {
    let makeConnections = self.makeConnections
    for loop in loops.values {
      try await loop.eventLoop.submit {
        let connections = makeConnections(loop.eventLoop, loop.oldestIdle)
        connections.table = try makeTable()
        loop.connections.value = connections
      }.get()
    }
  }

  /// How many there are.
  var count: Int { counter.current }

  /// What the requests of all event loops came to, asked of one after the other.
  func tally() async -> RequestTally {
    var all = RequestTally()
    for loop in loops.values {
      // A loop that has shut down counts no more, and nobody asks then.
      if let tally = try? await loop.eventLoop.submit({ loop.connections.value?.tally }).get() {
        all.add(tally)
      }
    }
    return all
  }

  /// The latest refused requests of all event loops, asked of one after the other.
  func denials() async -> RecentDenials {
    var (all, prefixes): ([Denial], Set<String>) = ([], [])
    for loop in loops.values {
      let told = try? await loop.eventLoop.submit {
        loop.connections.value.map { ($0.denials.all, $0.requestPrefix) }
      }.get()
      guard let (denials, prefix) = told else { continue }
      all += denials
      prefixes.insert(prefix)
    }
    return RecentDenials(all, requestPrefixes: prefixes)
  }

  /// The connections of this event loop, which has to be the caller's.
  func connections(of eventLoop: any EventLoop) -> LoopConnections? {
    loops[ObjectIdentifier(eventLoop)]?.connections.value
  }

  /// Counts a connection until it is closed, and says whether it may stay.
  ///
  /// When there are too many, the one that has been idle for longest is closed to make room.
  func admit(_ channel: any Channel) -> EventLoopFuture<Bool> {
    let counter = self.counter
    channel.closeFuture.whenComplete { _ in counter.close() }
    guard !counter.open() else { return channel.eventLoop.makeSucceededFuture(true) }
    return makeRoom(on: channel.eventLoop, attempts: loops.count)
  }

  /// The loop whose longest idle connection is the oldest of all closes it; another may have to when it is gone by then.
  private func makeRoom(on eventLoop: any EventLoop, attempts: Int) -> EventLoopFuture<Bool> {
    let oldest = loops.values.map { ($0, $0.oldestIdle.since.load(ordering: .relaxed)) }.min { $0.1 < $1.1 }
    guard attempts > 0, let (loop, since) = oldest, since != .max else {
      warning.write("no connection is idle, and new ones are answered 503: raise http.max-connections")
      return eventLoop.makeSucceededFuture(false)
    }
    return loop.eventLoop.submit { loop.connections.value?.closeOldestIdle() ?? false }.hop(to: eventLoop)
      .flatMap { [self] isClosed in
        guard isClosed else { return makeRoom(on: eventLoop, attempts: attempts - 1) }
        warning.write("idle connections are closed to make room for new ones: raise http.max-connections")
        return eventLoop.makeSucceededFuture(true)
      }
  }
}

/// Counts open connections against their limit.
private final class ConnectionCounter: Sendable {
  private let limit: Int
  private let count = Atomic<Int>(0)

  init(limit: Int) {
    self.limit = limit
  }

  var current: Int { count.load(ordering: .relaxed) }

  /// Counts a new connection.
  ///
  /// False when there are too many; it counts all the same.
  func open() -> Bool {
    count.add(1, ordering: .relaxed).newValue <= limit
  }

  /// A connection is gone.
  func close() {
    count.subtract(1, ordering: .relaxed)
  }
}
