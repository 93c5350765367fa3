import NIOCore
import Synchronization
import TesseraCore
import TesseraSupport

/// A connection as its neighbours on an event loop see it.
protocol LoopConnection: AnyObject {
  /// It writes the answers that it has.
  func writeAnswers()

  /// Its turn among the neighbours has come.
  func takeTurn()

  /// Another connection takes the place of this one, which is idle.
  func closeToMakeRoom()

  /// The time has come at which it was to be woken.
  func timerFired(_ context: ChannelHandlerContext)
}

/// The connections that one event loop serves, which it does in turn.
final class LoopConnections {
  /// Between two turns the loop looks at what arrived for the others.
  ///
  /// A task that is due at once would run before that.
  private static let pause = TimeAmount.microseconds(50)

  /// Since when the one has been idle that has been so for longest, for other threads to see.
  ///
  /// Apart from everything else, as `ReplicaVersion` is: it is written with each request.
  final class OldestIdle: Sendable {
    private let before: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
      0, 0, 0, 0, 0, 0, 0, 0
    )
    let since = Atomic<UInt64>(.max)
    private let after: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
      0, 0, 0, 0, 0, 0, 0, 0
    )
  }

  /// What they ask.
  var table = EndpointTable([:])
  private let eventLoop: any EventLoop
  private let oldestIdle: OldestIdle
  private var idle = IdleList<any LoopConnection>()
  private var handshakes: HandshakeList
  private var waiting = CircularBuffer<any LoopConnection>(initialCapacity: 1)
  private var isTurnScheduled = false
  private var numbering = RequestNumbering()
  private let clock: WallClock
  /// What is done together at the end of a tick.
  let batch: TickBatch
  /// What writes the answers over HTTP/1.1.
  let responses: ResponseWriter
  /// What the requests came to that were answered.
  private(set) var tally = RequestTally()
  /// The latest that were refused.
  private(set) var denials = DenialMemory()

  init(
    eventLoop: any EventLoop,
    oldestIdle: OldestIdle,
    maximumHandshakes: Int = .max,
    clock: WallClock = .system,
    log: any RequestLog
  ) {
    self.eventLoop = eventLoop
    batch = TickBatch(on: eventLoop, log: log.writer())
    responses = ResponseWriter(clock: clock)
    self.clock = clock
    self.oldestIdle = oldestIdle
    handshakes = HandshakeList(limit: maximumHandshakes)
  }

  // MARK: Requests

  /// A request is answered; the result is what it is called.
  func answered(_ exchange: HTTPExchange, by response: EndpointResponse, at now: NIODeadline) -> RequestID {
    let microseconds = exchange.microseconds(at: now)
    if let counter = response.counter { tally.count(counter, microseconds: microseconds) }
    if let counter = response.excessCounter { tally.count(counter, microseconds: microseconds) }
    let id = numbering.next()
    if let refusal = response.refusal {
      denials.add(exchange.denial(id, status: response.status, refusal.error, at: clock.now))
    }
    exchange.span?.end(exchange.head, id, response)
    return id
  }

  /// What the IDs of its requests begin with.
  var requestPrefix: String { numbering.prefix }

  /// The answer to a request came too late; the result is what it is called.
  func answeredLate(_ exchange: HTTPExchange, by response: EndpointResponse) -> RequestID {
    let id = numbering.next()
    exchange.span?.end(exchange.head, id, response)
    return id
  }

  // MARK: Idle connections

  /// A new connection; the result is its place.
  func add(_ connection: any LoopConnection) -> Int { idle.add(connection) }

  /// It is gone.
  func remove(_ place: Int) {
    idle.remove(place)
    publish()
  }

  /// It waits for a request.
  func setIdle(_ place: Int, since now: NIODeadline) {
    idle.setIdle(place, since: now.uptimeNanoseconds)
    publish()
  }

  /// It has begun to get one.
  func setBusy(_ place: Int) {
    idle.setBusy(place)
    publish()
  }

  /// Closes the connection that has been idle for longest; false when none is.
  func closeOldestIdle() -> Bool {
    let connection = idle.takeOldest()
    publish()
    connection?.closeToMakeRoom()
    return connection != nil
  }

  private func publish() {
    oldestIdle.since.store(idle.oldestSince, ordering: .relaxed)
  }

  // MARK: Handshakes

  /// A new handshake, for which another may be cut; the result is its place.
  func addHandshake(_ handshake: TLSHandshake) -> HandshakeList.Place {
    handshakes.takeSilentSurplus()?.cut()
    return handshakes.add(handshake, at: eventLoop.now)
  }

  /// Its client has said hello, for which another may be cut; the result is its new place.
  func beginHandshake(_ handshake: TLSHandshake, _ place: HandshakeList.Place) -> HandshakeList.Place {
    handshakes.takeBegunSurplus()?.cut()
    return handshakes.begin(handshake, place, at: eventLoop.now)
  }

  /// It has ended, one way or another.
  func removeHandshake(_ place: HandshakeList.Place) {
    handshakes.remove(place)
  }

  // MARK: Turns

  /// The connection goes on when the others have had their turn.
  func waitForTurn(_ connection: any LoopConnection) {
    waiting.append(connection)
    scheduleTurn()
  }

  /// One turn at a time: two that schedule each other would leave no moment for what arrives.
  private func scheduleTurn() {
    guard !isTurnScheduled, !waiting.isEmpty else { return }
    isTurnScheduled = true
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.scheduleTask(in: LoopConnections.pause) { bound.value.giveTurn() }
  }

  private func giveTurn() {
    waiting.popFirst()?.takeTurn()
    // Not in between: the pause could be over by then.
    batch.settle()
    isTurnScheduled = false
    scheduleTurn()
  }
}

/// Which elements are idle, in the order in which they became so.
///
/// Places and links are numbers in one array: to become idle and busy, as a connection does with every request,
/// allocates nothing and counts no references.
struct IdleList<Element> {
  private struct Place {
    var element: Element?
    var since = UInt64.max
    var previous = 0
    var next = 0
  }

  /// The first is nobody's: the list begins and ends there.
  private var places = [Place()]
  private var free: [Int] = []

  /// Gives an element a place, not idle at first.
  mutating func add(_ element: Element) -> Int {
    let place = free.popLast() ?? places.count
    if place == places.count { places.append(Place()) }
    places[place] = Place(element: element)
    return place
  }

  /// Gives the place back.
  mutating func remove(_ place: Int) {
    setBusy(place)
    places[place].element = nil
    free.append(place)
  }

  /// It is idle from now on, and was not before.
  mutating func setIdle(_ place: Int, since: UInt64) {
    setBusy(place)
    let last = places[0].previous
    places[place].since = since
    places[place].previous = last
    places[place].next = 0
    places[last].next = place
    places[0].previous = place
  }

  /// It is idle no more, if it was.
  mutating func setBusy(_ place: Int) {
    guard places[place].since != .max else { return }
    let (previous, next) = (places[place].previous, places[place].next)
    places[previous].next = next
    places[next].previous = previous
    places[place].since = .max
  }

  /// Since when the one has been idle that has been so for longest; `UInt64.max` when none is.
  var oldestSince: UInt64 { places[places[0].next].since }

  /// The one that has been idle for longest, which is not idle any more.
  mutating func takeOldest() -> Element? {
    let place = places[0].next
    setBusy(place)
    return places[place].element
  }
}
