import NIOCore
import Testing

@testable import TesseraHTTP

/// What a connection does, as tables of what happens and what follows.
@Suite struct ConnectionStateTests {
  enum Event {
    case connected
    /// The first byte of a request.
    case requestBegan
    case answerIsAwaited
    case answered
    case lastAnswered
    case inputClosed
    case inputEnded
    case outputClosed
    case stopSoon
    case stop
    case makeRoom
    case disconnected
    case beginTurn
    case turnCame
    /// The channel wants to read.
    case read
    /// What next?
    case next(ConnectionState.Input, unwritten: Int = 0)
    case writable(Bool)
    case timerFired
    case pass(TimeAmount)
  }

  /// A connection and its time.
  private struct World {
    var state = ConnectionState(limits: HTTPLimits())
    var now = NIODeadline.uptimeNanoseconds(1)
    var isWritable = true

    mutating func apply(_ event: Event) -> ConnectionState.Action {
      switch event {
      case .connected: return state.connected(at: now)
      case .requestBegan: state.requestBegan(at: now)
      case .answerIsAwaited: state.answerIsAwaited()
      case .answered: return state.answered(isLast: state.isLast(keepsOpen: true), at: now)
      case .lastAnswered: return state.answered(isLast: state.isLast(keepsOpen: false), at: now)
      case .inputClosed: state.inputClosed()
      case .inputEnded: return state.inputEnded(at: now)
      case .outputClosed: state.outputClosed(at: now)
      case .stopSoon: state.stopSoon(at: now)
      case .stop: return state.stop(at: now)
      case .makeRoom: return state.makeRoom()
      case .disconnected: state.disconnected()
      case .beginTurn: state.beginTurn()
      case .turnCame: state.turnCame()
      case .read: return state.readIsDue(isWritable: isWritable)
      case .next(let input, let unwritten):
        return state.next(input, unwritten: unwritten, isWritable: isWritable)
      case .writable(let value): isWritable = value
      case .timerFired: return state.timerFired(at: now)
      case .pass(let time): now = now + time
      }
      return .wait
    }
  }

  /// A row of the table.
  struct Story: CustomTestStringConvertible {
    let testDescription: String
    let steps: [(Event, ConnectionState.Action)]

    init(_ title: String, _ steps: [(Event, ConnectionState.Action)]) {
      testDescription = title
      self.steps = steps
    }
  }

  private static let taken: [(Event, ConnectionState.Action)] = [
    (.connected, .keepOpen), (.next(.ready), .take), (.requestBegan, .wait),
  ]

  private static let order: [Story] = [
    Story(
      "nothing to do",
      [(.connected, .keepOpen), (.next(.nothing), .wait), (.read, .read), (.next(.nothing), .wait)]
    ),
    Story(
      "an answer is written when nothing is left to take",
      taken + [
        (.answered, .keepOpen), (.next(.ready, unwritten: 100), .take), (.requestBegan, .wait),
        (.answered, .keepOpen), (.next(.nothing, unwritten: 200), .write), (.next(.nothing), .wait),
      ]
    ),
    Story(
      "many answers are written before the next is taken",
      taken + [
        (.answered, .keepOpen), (.next(.ready, unwritten: 16_383), .take),
        (.next(.ready, unwritten: 16_384), .write), (.next(.ready), .take),
      ]
    ),
    Story(
      "the beginning of the next request starts its time",
      taken + [
        (.answered, .keepOpen), (.next(.incomplete, unwritten: 1), .write),
        (.next(.incomplete), .beginRequest), (.requestBegan, .wait), (.next(.incomplete), .wait),
      ]
    ),
    Story(
      "while a request waits nothing is taken or read, and what is written before is",
      taken + [
        (.answerIsAwaited, .wait), (.next(.ready, unwritten: 1), .write), (.next(.ready), .wait),
        (.next(.incomplete), .wait), (.read, .wait), (.next(.nothing), .wait), (.answered, .keepOpen),
        (.next(.nothing, unwritten: 1), .write), (.next(.nothing), .read), (.next(.nothing), .wait),
      ]
    ),
    Story(
      "while the peer does not read nothing is taken or read",
      taken + [
        (.answered, .keepOpen), (.writable(false), .wait), (.next(.ready), .wait), (.read, .wait),
        (.next(.ready), .wait), (.writable(true), .wait), (.next(.ready), .take), (.next(.nothing), .read),
      ]
    ),
    Story(
      "a turn is over a millisecond after its first answer, and goes on when the next has come",
      taken + [
        (.beginTurn, .wait), (.answered, .keepOpen), (.pass(.microseconds(999)), .wait),
        (.next(.ready), .take), (.requestBegan, .wait), (.answered, .keepOpen), (.next(.ready), .take),
        (.requestBegan, .wait), (.pass(.microseconds(1)), .wait), (.answered, .keepOpen),
        (.next(.ready, unwritten: 1), .waitForTurn), (.next(.ready, unwritten: 1), .write),
        (.next(.ready), .wait), (.read, .wait), (.beginTurn, .wait), (.next(.ready), .wait),
        (.turnCame, .wait), (.beginTurn, .wait), (.next(.ready), .take), (.next(.nothing), .read),
      ]
    ),
    Story(
      "a turn that is over with nothing left is not waited for",
      taken + [
        (.beginTurn, .wait), (.answered, .keepOpen), (.requestBegan, .wait), (.pass(.seconds(1)), .wait),
        (.answered, .keepOpen), (.next(.nothing), .wait), (.read, .read),
      ]
    ),
  ]

  private static let end: [Story] = [
    Story(
      "after the last answer our half is closed, and what comes is read",
      taken + [(.lastAnswered, .linger), (.next(.nothing), .wait), (.read, .read)]
    ),
    Story(
      "what was held back is read after the last answer",
      taken + [
        (.answerIsAwaited, .wait), (.read, .wait), (.lastAnswered, .linger), (.next(.nothing), .read),
      ]
    ),
    Story(
      "for a peer that sends no more nothing lingers",
      taken + [(.inputClosed, .wait), (.lastAnswered, .closeOnceSent), (.inputEnded, .wait)]
    ),
    Story("the end of the input closes", [(.connected, .keepOpen), (.inputEnded, .closeOnceSent)]),
    Story("the end of the input closes in a request too", taken + [(.inputEnded, .closeOnceSent)]),
    Story(
      "the end of the input after the last answer says nothing",
      taken + [(.lastAnswered, .linger), (.inputEnded, .wait)]
    ),
    Story(
      "whoever closes its half gets all its answers",
      taken + [
        (.answerIsAwaited, .wait), (.inputClosed, .wait), (.next(.ready), .wait), (.answered, .keepOpen),
        (.next(.ready), .take), (.requestBegan, .wait), (.answered, .keepOpen), (.next(.ready), .take),
        (.inputEnded, .closeOnceSent),
      ]
    ),
    Story(
      "a last call of a second, then an idle connection is closed",
      [
        (.connected, .keepOpen), (.stopSoon, .wait), (.pass(.milliseconds(999)), .wait), (.timerFired, .wait),
        (.pass(.milliseconds(1)), .wait), (.timerFired, .closeOnceSent),
      ]
    ),
    Story(
      "who comes within that second is answered, and no more",
      [
        (.connected, .keepOpen), (.stopSoon, .wait), (.pass(.milliseconds(999)), .wait),
        (.requestBegan, .wait),
        (.pass(.milliseconds(9999)), .wait), (.timerFired, .wait), (.answered, .linger),
      ]
    ),
    Story(
      "a last call before the connection is there counts from then",
      [
        (.stopSoon, .wait), (.pass(.milliseconds(5000)), .wait), (.connected, .keepOpen),
        (.pass(.milliseconds(999)), .wait), (.timerFired, .wait), (.pass(.milliseconds(1)), .wait),
        (.timerFired, .closeOnceSent),
      ]
    ),
    Story("a stop closes an idle connection", [(.connected, .keepOpen), (.stop, .closeOnceSent)]),
    Story("a stop lets a request arrive", taken + [(.stop, .wait), (.answered, .linger)]),
    Story(
      "a stop lets a request wait",
      taken + [(.answerIsAwaited, .wait), (.stop, .wait), (.answered, .linger), (.stop, .wait)]
    ),
    Story(
      "an idle connection makes room",
      [(.connected, .keepOpen), (.makeRoom, .close), (.inputEnded, .wait)]
    ),
    Story("nothing ends twice", taken + [(.disconnected, .wait), (.inputEnded, .wait), (.stop, .wait)]),
  ]

  private static let deadlines: [Story] = [
    Story(
      "a minute without a request",
      [
        (.connected, .keepOpen), (.pass(.milliseconds(59_999)), .wait), (.timerFired, .wait),
        (.pass(.milliseconds(1)), .wait), (.timerFired, .close),
      ]
    ),
    Story(
      "ten seconds for a request to come",
      taken + [
        (.pass(.milliseconds(9_999)), .wait), (.timerFired, .wait), (.pass(.milliseconds(1)), .wait),
        (.timerFired, .refuseIncomplete), (.lastAnswered, .linger),
      ]
    ),
    Story(
      "and to be answered",
      taken + [
        (.pass(.milliseconds(5_000)), .wait), (.answerIsAwaited, .wait), (.pass(.milliseconds(4_999)), .wait),
        (.timerFired, .wait), (.pass(.milliseconds(1)), .wait), (.timerFired, .refuseLate),
        (.lastAnswered, .linger),
      ]
    ),
    Story(
      "an answer begins the minute anew",
      taken + [
        (.answered, .keepOpen), (.pass(.milliseconds(59_999)), .wait), (.timerFired, .wait),
        (.pass(.milliseconds(1)), .wait), (.timerFired, .close),
      ]
    ),
    Story(
      "ten seconds for the last answer to be sent, then two for it to be read",
      taken + [
        (.lastAnswered, .linger), (.pass(.milliseconds(9_999)), .wait), (.timerFired, .wait),
        (.outputClosed, .wait), (.pass(.milliseconds(1_999)), .wait), (.timerFired, .wait),
        (.pass(.milliseconds(1)), .wait), (.timerFired, .close),
      ]
    ),
    Story(
      "ten seconds for a peer that does not read its last answer",
      taken + [(.lastAnswered, .linger), (.pass(.seconds(10)), .wait), (.timerFired, .close)]
    ),
    Story(
      "none for one that is gone",
      taken + [(.disconnected, .wait), (.pass(.seconds(99)), .wait), (.timerFired, .wait)]
    ),
  ]

  @Test(arguments: order + end + deadlines)
  func does(story: Story) {
    var world = World()
    for (index, (event, action)) in story.steps.enumerated() {
      #expect(world.apply(event) == action, "\(index): \(event)")
    }
  }

  @Test func theTimerIsSetOnlyWhenItWouldFireTooLate() {
    var world = World()
    let start = world.now
    #expect(world.state.timerToSet() == nil)
    _ = world.apply(.connected)
    #expect(world.state.timerToSet() == start + .seconds(60))
    #expect(world.state.timerToSet() == nil)
    _ = world.apply(.requestBegan)
    #expect(world.state.timerToSet() == start + .seconds(10))
    // From here on it moves back with each answer, and forth with each request.
    for _ in 0..<5 {
      _ = world.apply(.answered)
      _ = world.apply(.pass(.seconds(1)))
      _ = world.apply(.requestBegan)
      #expect(world.state.timerToSet() == nil)
    }
    _ = world.apply(.pass(.seconds(5)))
    #expect(world.apply(.timerFired) == .wait)
    #expect(world.state.timerToSet() == start + .seconds(15))
    _ = world.apply(.disconnected)
    _ = world.apply(.timerFired)
    #expect(world.state.timerToSet() == nil)
  }

  /// Whatever happens in whatever order.
  @Test func takesNothingWhileThereIsSomethingToWaitFor() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      var world = World()
      _ = world.apply(.connected)
      var isTurnAwaited = false
      for _ in 0..<60 {
        let phase = world.state.phase
        if Bool.random(using: &generator) { _ = world.apply(.writable(.random(using: &generator))) }
        let input: ConnectionState.Input =
          [.nothing, .incomplete, .ready].randomElement(using: &generator) ?? .nothing
        let action = world.apply(.next(input, unwritten: .random(in: 0...20_000, using: &generator)))
        let isBusy = phase == .awaiting || isTurnAwaited || !world.isWritable
        switch action {
        case .take: #expect(!isBusy && input == .ready)
        case .read, .beginRequest: #expect(!isBusy && input != .ready)
        case .waitForTurn:
          #expect(!isBusy && input == .ready)
          isTurnAwaited = true
        case .write: break
        case .wait: #expect(isBusy || input != .ready)
        default: Issue.record("\(action)")
        }
        switch (phase, Int.random(in: 0..<6, using: &generator)) {
        case (.idle, 0..<4): _ = world.apply(.requestBegan)
        case (.receiving, 0): _ = world.apply(.answerIsAwaited)
        case (.receiving, 1), (.awaiting, 0..<3): #expect(world.apply(.answered) != .wait)
        case (.receiving, 2): #expect(world.apply(.lastAnswered) != .keepOpen)
        case (_, 4):
          _ = world.apply(.turnCame)
          _ = world.apply(.beginTurn)
          isTurnAwaited = false
        case (_, 5):
          _ = world.apply(.read)
          _ = world.apply(.pass(.milliseconds(1)))
        default: break
        }
        if phase == .lingering { #expect(world.state.phase == .lingering, "it ends once") }
      }
    }
  }
}
