import NIOCore

/// What one HTTP/2 connection does next, apart from what becomes of its streams.
///
/// A pure state machine: events go in, actions come out. It knows no bytes, no channel and no clock.
struct HTTP2ConnectionState {
  enum Phase {
    /// Streams may begin.
    case open
    /// The peer was told that the server stops; what it sent before it heard of that is answered too.
    case announcing
    /// The peer was told which stream is the last, or begins no more itself.
    case leaving
    /// All answers are written; whatever still comes is thrown away until the peer has read them.
    case lingering
    case closed
  }

  enum Action {
    /// Wait for the next event.
    case wait
    /// Take the next bytes, or the end of them.
    case take
    /// Answer the next request.
    case answer
    /// Let the others of the event loop have their turn.
    case waitForTurn
    /// Send what is written.
    case flush
    /// Read from the peer what was held back.
    case read
    /// The next request may come.
    case keepOpen
    /// Say that the server stops, and ask for an answer to that.
    case announce
    /// Say which stream is the last.
    case leave
    /// Send what is written, and close our half of the connection.
    case linger
    /// Say that no more streams may begin, and close the connection once the peer has heard.
    case dismiss
    /// Close the connection once the peer has all answers.
    case closeOnceSent
    /// Close the connection now.
    case close
  }

  private(set) var phase = Phase.open
  private(set) var idleSince = NIODeadline.uptimeNanoseconds(0)
  /// Whether no stream is open.
  private(set) var isIdle = true
  private let requestTimeout: TimeAmount
  private let idleTimeout: TimeAmount
  private let lingerTime: TimeAmount
  private var isInputClosed = false
  private var isReadHeldBack = false
  private var isTurnAwaited = false
  private var turnBegan = NIODeadline.uptimeNanoseconds(0)
  private var deadline = NIODeadline.distantFuture
  /// When the timer fires that is set.
  private var timer = NIODeadline.distantFuture

  init(limits: HTTPLimits) {
    requestTimeout = .seconds(Int64(limits.requestTimeout))
    idleTimeout = .seconds(Int64(limits.idleTimeout))
    lingerTime = .seconds(Int64(limits.lingerTime))
  }

  // MARK: One thing after another

  /// The connection may do something, for as long as there is nothing to wait for and its turn lasts.
  mutating func beginTurn(at now: NIODeadline) {
    turnBegan = now
  }

  /// Its next turn has come.
  mutating func turnCame() {
    isTurnAwaited = false
  }

  /// While others have their turn, or the peer does not read, all that comes waits.
  private func isBusy(_ isWritable: Bool) -> Bool { isTurnAwaited || !isWritable }

  /// What to do next, given what there is to do.
  ///
  /// Requests come before bytes, so that those that wait to be answered are never many.
  mutating func next(
    hasInput: Bool,
    hasRequest: Bool,
    isUnflushed: Bool,
    isWritable: Bool,
    at now: NIODeadline
  ) -> Action {
    let isBusy = isBusy(isWritable)
    if hasInput || hasRequest, !isBusy {
      guard now - turnBegan >= ConnectionState.turnLength else { return hasRequest ? .answer : .take }
      isTurnAwaited = true
      return .waitForTurn
    }
    if isUnflushed { return .flush }
    guard isReadHeldBack, !isBusy else { return .wait }
    isReadHeldBack = false
    return .read
  }

  /// The channel is about to read: while the connection is busy it does not, so that a peer cannot fill our memory.
  mutating func readIsDue(isWritable: Bool) -> Action {
    guard isBusy(isWritable) else { return .read }
    isReadHeldBack = true
    return .wait
  }

  // MARK: Streams

  mutating func connected(at now: NIODeadline) -> Action { noStreamIsLeft(at: now) }

  mutating func streamBegan() {
    isIdle = false
    if phase == .open || phase == .leaving { deadline = .distantFuture }
  }

  mutating func noStreamIsLeft(at now: NIODeadline) -> Action {
    isIdle = true
    switch phase {
    case .open:
      idleSince = now
      deadline = now + idleTimeout
      return .keepOpen
    case .leaving: return end(isInputClosed ? .closeOnceSent : .linger, at: now)
    case .announcing, .lingering, .closed: return .wait
    }
  }

  // MARK: The end

  private mutating func end(_ action: Action, at now: NIODeadline) -> Action {
    phase = .lingering
    deadline = now + requestTimeout
    return action
  }

  /// The server stops.
  ///
  /// A request may be on its way that was sent before the peer heard of it, so the last stream is named when it has
  /// (RFC 9113 §6.8).
  mutating func stop(at now: NIODeadline) -> Action {
    guard phase == .open else { return .wait }
    phase = .announcing
    deadline = now + lingerTime
    return .announce
  }

  /// The peer has heard, or does not say so.
  mutating func isAnnounced() -> Action {
    guard phase == .announcing else { return .wait }
    phase = .leaving
    deadline = .distantFuture
    return .leave
  }

  /// The peer begins no more streams.
  mutating func peerLeaves(at now: NIODeadline) -> Action {
    guard phase == .open || phase == .announcing || phase == .leaving else { return .wait }
    phase = .leaving
    deadline = .distantFuture
    return isIdle ? end(.closeOnceSent, at: now) : .wait
  }

  /// The peer has closed its half; what it sent before has its turn first.
  mutating func inputClosed() {
    isInputClosed = true
  }

  /// The peer was told what it did wrong.
  mutating func isBroken(at now: NIODeadline) -> Action {
    guard phase != .lingering, phase != .closed else { return .wait }
    return end(isInputClosed ? .closeOnceSent : .linger, at: now)
  }

  /// Our half is closed: the peer has the last answer, or is about to.
  mutating func outputClosed(at now: NIODeadline) {
    deadline = now + lingerTime
  }

  /// Another connection takes the place of this one, which is idle.
  mutating func makeRoom(at now: NIODeadline) -> Action { end(.dismiss, at: now) }

  mutating func disconnected() {
    phase = .closed
  }

  // MARK: Time

  /// When to set the timer to, so that it fires by this time, or by the connection's own; nil when one is set that does.
  mutating func timerToSet(for time: NIODeadline = .distantFuture) -> NIODeadline? {
    let time = min(time, deadline)
    guard time < timer, phase != .closed else { return nil }
    timer = time
    return time
  }

  mutating func timerFired(at now: NIODeadline) -> Action {
    timer = .distantFuture
    guard now >= deadline else { return .wait }
    switch phase {
    case .open: return end(.dismiss, at: now)
    case .announcing: return isAnnounced()
    case .lingering: return .close
    case .leaving, .closed: return .wait
    }
  }
}
