import NIOCore
import TesseraCore

/// What happens when time is up.
extension ConnectionHandler {
  /// The first byte of a request starts its deadline.
  func bytesArrived() {
    guard case .idle = phase, let ownContext else { return }
    becomeBusy(.receiving)
    started = .now()
    setTimer(.seconds(Int64(shared.limits.requestTimeout)), ownContext)
  }

  /// Moves the deadline to this long from now.
  func setTimer(_ time: TimeAmount, _ context: ChannelHandlerContext) {
    // A timer would keep a connection that is gone in memory.
    guard context.channel.isActive else { return }
    if timer.move(to: context.eventLoop.now + time) { scheduleTimer(context) }
  }

  private func scheduleTimer(_ context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timer.schedule(on: context.eventLoop) {
      let (handler, context) = bound.value
      handler.timerFired(context)
    }
  }

  private func timerFired(_ context: ChannelHandlerContext) {
    guard timer.hasPassed(at: context.eventLoop.now) else {
      scheduleTimer(context)
      return
    }
    switch phase {
    case .idle, .lingering: context.close(promise: nil)
    case .receiving:
      let unknown = UnknownPath()
      let refusal = OAuthError(.invalidRequest, .requestTimedOut, status: 408)
      finish(unknown.response(for: refusal), unknown, nil, source: peer, closing: true, context)
    case .awaiting(let pending, let head, let source):
      finish(
        head.endpoint.response(for: pending.awaited.isLate),
        head.endpoint,
        head,
        source: source,
        closing: true,
        context
      )
    }
    // Whatever was held back is read and thrown away from here on.
    goOn()
  }
}
