import Synchronization

/// A lock around what all event loops share.
///
/// A request that memory answers takes none: each would write to memory that other cores are about to read. What belongs to
/// one event loop is in a `Mutex`, which nobody waits for. In debug builds the ones that are taken are counted, so that a
/// test can tell.
package struct SharedLock<Value: ~Copyable>: ~Copyable, Sendable {
  private let mutex: Mutex<Value>

  package init(_ value: consuming sending Value) {
    mutex = Mutex(value)
  }

  /// What `body` makes of the value, while nobody else has it.
  package borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    #if DEBUG
      SharedLockCount.current?.add()
    #endif
    return try mutex.withLock(body)
  }
}

#if DEBUG
  /// How many shared locks a task has taken.
  package final class SharedLockCount: Sendable {
    @TaskLocal fileprivate static var current: SharedLockCount?

    private let taken = Atomic<Int>(0)

    /// How many `body` takes.
    package static func during(_ body: () throws -> Void) rethrows -> Int {
      let count = SharedLockCount()
      try $current.withValue(count, operation: body)
      return count.taken.load(ordering: .relaxed)
    }

    fileprivate func add() {
      taken.add(1, ordering: .relaxed)
    }
  }
#endif
