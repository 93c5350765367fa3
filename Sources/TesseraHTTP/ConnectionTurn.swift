import NIOCore

/// How long a connection may answer requests that were sent ahead before the others of its event loop get their turn.
struct ConnectionTurn {
  /// A turn ends with the first answer after this, counted from its first answer.
  static let length = TimeAmount.milliseconds(1)

  /// Whether the connection waits for its next turn.
  var isAwaited = false
  private(set) var isOver = false
  private var firstAnswer: NIODeadline?

  /// A turn begins.
  mutating func begin() {
    isOver = false
    firstAnswer = nil
  }

  /// A request was answered.
  mutating func answered(at now: NIODeadline) {
    let first = firstAnswer ?? now
    firstAnswer = first
    isOver = now - first >= ConnectionTurn.length
  }
}
