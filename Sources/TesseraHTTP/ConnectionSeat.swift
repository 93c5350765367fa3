import NIOCore
import TesseraCore

/// Where a connection stands among its neighbours, and the timer that wakes it.
struct ConnectionSeat {
  let neighbours: LoopConnections
  /// Nil when it is not connected.
  private var place: Int?
  private var timer: Scheduled<Void>?

  init(among neighbours: LoopConnections) {
    self.neighbours = neighbours
  }

  /// Takes a place; false when it has one.
  mutating func take(_ connection: any LoopConnection) -> Bool {
    guard place == nil else { return false }
    place = neighbours.add(connection)
    return true
  }

  /// The connection is gone.
  mutating func leave() {
    timer?.cancel()
    if let place { neighbours.remove(place) }
    place = nil
  }

  /// It waits for a request.
  func setIdle(since now: NIODeadline) {
    if let place { neighbours.setIdle(place, since: now) }
  }

  /// It has begun to get one, or gets none any more.
  func setBusy() {
    if let place { neighbours.setBusy(place) }
  }

  /// It goes on when the others have had their turn.
  func waitForTurn(_ connection: any LoopConnection) {
    neighbours.waitForTurn(connection)
  }

  /// A request of it is answered; the result is what it is called.
  func answered(_ exchange: HTTPExchange, by response: EndpointResponse, at now: NIODeadline) -> RequestID {
    neighbours.answered(exchange, by: response, at: now)
  }

  /// The answer to a request came too late; the result is what it is called.
  func answeredLate(_ exchange: HTTPExchange, by response: EndpointResponse) -> RequestID {
    neighbours.answeredLate(exchange, by: response)
  }

  /// Wakes it at this time, and not at the one that was set before.
  mutating func wake(
    _ connection: any LoopConnection,
    at time: NIODeadline,
    _ context: ChannelHandlerContext
  ) {
    timer?.cancel()
    let bound = NIOLoopBound((connection, context), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(deadline: time) {
      let (connection, context) = bound.value
      connection.timerFired(context)
    }
  }
}

extension ChannelHandlerContext {
  /// Closes the connection once the peer has all that was written.
  func closeOnceSent() {
    let unsent = try? channel.syncOptions?.getOption(.bufferedWritableBytes)
    guard let unsent, unsent > 0 else {
      close(promise: nil)
      return
    }
    // Closing our half would do, but NIO closes both at once when the other is closed.
    let written = writeAndFlush(NIOAny(ByteBuffer()))
    written.assumeIsolated().whenComplete { _ in self.close(promise: nil) }
  }
}
