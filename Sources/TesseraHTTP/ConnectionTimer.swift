import NIOCore

/// One deadline for one connection, which moves with every request without a timer being set each time.
///
/// A timer that fires too early is set again.
struct ConnectionTimer {
  private var deadline = NIODeadline.distantFuture
  private var scheduled: Scheduled<Void>?
  private var firesAt = NIODeadline.distantFuture

  /// Moves the deadline, and says whether the timer would fire too late for it and has to be scheduled.
  mutating func move(to deadline: NIODeadline) -> Bool {
    self.deadline = deadline
    return deadline < firesAt
  }

  /// Sets the timer to the deadline.
  mutating func schedule(on eventLoop: any EventLoop, _ fire: @escaping @Sendable () -> Void) {
    scheduled?.cancel()
    firesAt = deadline
    scheduled = eventLoop.scheduleTask(deadline: deadline, fire)
  }

  /// Whether the deadline has passed when the timer fires.
  ///
  /// When it has not, the timer has to be scheduled again.
  mutating func hasPassed(at now: NIODeadline) -> Bool {
    scheduled = nil
    firesAt = .distantFuture
    return now >= deadline
  }

  /// Stops for good.
  mutating func cancel() {
    scheduled?.cancel()
    scheduled = nil
  }
}
