import NIOCore

/// One deadline for one connection, which may move with every request without a timer being set each time:
/// a timer that fires too early sets itself again.
struct ConnectionTimer {
  private(set) var deadline = NIODeadline.distantFuture
  private var scheduled: Scheduled<Void>?
  private var firesAt = NIODeadline.distantFuture

  /// Moves the deadline.
  mutating func set(
    _ deadline: NIODeadline,
    on eventLoop: any EventLoop,
    _ fire: @escaping @Sendable () -> Void
  ) {
    self.deadline = deadline
    guard deadline < firesAt else { return }
    schedule(on: eventLoop, fire)
  }

  /// Whether the deadline has passed.
  ///
  /// Call it when the timer fires; when it has not, the timer is set again.
  mutating func hasPassed(on eventLoop: any EventLoop, _ fire: @escaping @Sendable () -> Void) -> Bool {
    scheduled = nil
    firesAt = .distantFuture
    if eventLoop.now >= deadline { return true }
    schedule(on: eventLoop, fire)
    return false
  }

  /// Stops for good.
  mutating func cancel() {
    scheduled?.cancel()
    scheduled = nil
    deadline = .distantFuture
  }

  private mutating func schedule(on eventLoop: any EventLoop, _ fire: @escaping @Sendable () -> Void) {
    scheduled?.cancel()
    firesAt = deadline
    scheduled = eventLoop.scheduleTask(deadline: deadline, fire)
  }
}
