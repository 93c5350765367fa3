import NIOCore

/// What one HTTP/1.1 connection does next: one request after another, each answered before the next is taken.
///
/// A pure state machine: events go in, actions come out. It knows no bytes, no channel and no clock.
struct ConnectionState {
  enum Phase {
    /// Between requests, or before the first.
    case idle
    /// A request has begun to arrive.
    case receiving
    /// A request waits for the store or for a computation.
    case awaiting
    /// The last answer is written; whatever still comes is thrown away until the peer has read it.
    case lingering
    case closed
  }

  /// What there is of the input.
  enum Input {
    case nothing
    /// The beginning of a request, of which more has to come.
    case incomplete
    /// Something to take, be it the end.
    case ready
  }

  enum Action {
    /// Wait for the next event.
    case wait
    /// Take the next piece of the input.
    case take
    /// A request has begun.
    case beginRequest
    /// Write the answers that are there.
    case write
    /// Let the others of the event loop have their turn.
    case waitForTurn
    /// Read from the peer what was held back.
    case read
    /// The next request may come.
    case keepOpen
    /// Write the answers, and close our half of the connection.
    ///
    /// Closing it all at once, with input unread, would reset it and could take the answer along (RFC 9112 §9.6).
    case linger
    /// Write the answers, and close the connection once the peer has them.
    case closeOnceSent
    /// Close the connection now.
    case close
    /// Refuse the request that has not come in time.
    case refuseIncomplete
    /// Refuse the request whose answer has not come in time.
    case refuseLate
  }

  /// A turn ends with the first answer after this, counted from its first answer.
  static let turnLength = TimeAmount.milliseconds(1)
  /// How long a connection between requests may still bring one when the server stops.
  static let lastCall = TimeAmount.seconds(1)
  /// Answers to requests sent ahead are written together, up to this size.
  static let outputSize = 16_384

  private(set) var phase = Phase.idle
  private(set) var idleSince = NIODeadline.uptimeNanoseconds(0)
  private let requestTimeout: TimeAmount
  private let idleTimeout: TimeAmount
  private let lingerTime: TimeAmount
  private var isStopping = false
  /// Whether the peer sends nothing more.
  private var isInputClosed = false
  private var isReadHeldBack = false
  /// Whether the connection waits for its next turn.
  private var isTurnAwaited = false
  private var isTurnOver = false
  private var firstAnswer: NIODeadline?
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
  mutating func beginTurn() {
    isTurnOver = false
    firstAnswer = nil
  }

  /// Its next turn has come.
  mutating func turnCame() {
    isTurnAwaited = false
  }

  /// While a request waits for its answer, or the peer does not read, all that comes waits.
  private func isBusy(_ isWritable: Bool) -> Bool { phase == .awaiting || isTurnAwaited || !isWritable }

  /// What to do next, given what there is of the input, and how many bytes of answers are not written.
  mutating func next(_ input: Input, unwritten: Int, isWritable: Bool) -> Action {
    let isBusy = isBusy(isWritable)
    if input == .ready, !isBusy, unwritten < ConnectionState.outputSize {
      guard isTurnOver else { return .take }
      isTurnAwaited = true
      return .waitForTurn
    }
    guard unwritten == 0 else { return .write }
    guard !isBusy else { return .wait }
    // The beginning of a request can be in the same read as the end of the one before.
    if input == .incomplete, phase == .idle { return .beginRequest }
    guard isReadHeldBack else { return .wait }
    isReadHeldBack = false
    return .read
  }

  /// The channel is about to read: while the connection is busy it does not, so that a peer cannot fill our memory.
  mutating func readIsDue(isWritable: Bool) -> Action {
    guard isBusy(isWritable) else { return .read }
    isReadHeldBack = true
    return .wait
  }

  // MARK: A request

  mutating func connected(at now: NIODeadline) -> Action { keepOpen(at: now) }

  private mutating func keepOpen(at now: NIODeadline) -> Action {
    phase = .idle
    idleSince = now
    deadline = now + (isStopping ? ConnectionState.lastCall : idleTimeout)
    return .keepOpen
  }

  /// The first byte of a request has come, from which its time runs.
  mutating func requestBegan(at now: NIODeadline) {
    phase = .receiving
    deadline = now + requestTimeout
  }

  /// The request waits for its answer, until the same deadline.
  mutating func answerIsAwaited() {
    phase = .awaiting
  }

  /// Whether the connection ends with the answer to a request that would keep it open, or not.
  func isLast(keepsOpen: Bool) -> Bool { isStopping || !keepsOpen }

  mutating func answered(isLast: Bool, at now: NIODeadline) -> Action {
    let first = firstAnswer ?? now
    firstAnswer = first
    isTurnOver = now - first >= ConnectionState.turnLength
    return isLast ? end(isInputClosed ? .closeOnceSent : .linger, at: now) : keepOpen(at: now)
  }

  // MARK: The end

  private mutating func end(_ action: Action, at now: NIODeadline) -> Action {
    phase = .lingering
    deadline = now + requestTimeout
    return action
  }

  /// The peer has closed its half; what it sent before has its turn first.
  mutating func inputClosed() {
    isInputClosed = true
  }

  /// All that the peer has sent was taken.
  mutating func inputEnded(at now: NIODeadline) -> Action {
    phase == .lingering || phase == .closed ? .wait : end(.closeOnceSent, at: now)
  }

  /// Our half is closed: the peer has the last answer, or is about to.
  mutating func outputClosed(at now: NIODeadline) {
    deadline = now + lingerTime
  }

  /// The server is about to stop: the connection ends with its next answer.
  ///
  /// Closed at once, it would take along a request that is on its way.
  mutating func stopSoon(at now: NIODeadline) {
    isStopping = true
    if phase == .idle { deadline = min(deadline, now + ConnectionState.lastCall) }
  }

  /// The server stops: a connection between requests is closed, another one after its answer.
  mutating func stop(at now: NIODeadline) -> Action {
    isStopping = true
    return phase == .idle ? end(.closeOnceSent, at: now) : .wait
  }

  /// Another connection takes the place of this one, which is idle.
  mutating func makeRoom() -> Action {
    phase = .lingering
    return .close
  }

  mutating func disconnected() {
    phase = .closed
  }

  // MARK: Time

  /// When to set the timer to; nil when one is set that fires early enough.
  ///
  /// The deadline moves with every request, the timer hardly ever: one that fires too early is set again.
  mutating func timerToSet() -> NIODeadline? {
    guard deadline < timer, phase != .closed else { return nil }
    timer = deadline
    return deadline
  }

  mutating func timerFired(at now: NIODeadline) -> Action {
    timer = .distantFuture
    guard now >= deadline else { return .wait }
    switch phase {
    case .idle: return isStopping ? stop(at: now) : .close
    case .lingering: return .close
    case .receiving: return .refuseIncomplete
    case .awaiting: return .refuseLate
    case .closed: return .wait
    }
  }
}
