import Synchronization

/// What event loops look at before they believe their own memory: whether the replica has changed, and when it last heard
/// from the store.
///
/// Apart from everything else, since whoever writes to a line of a processor's cache takes it from all who read it; this is
/// written a few times a second.
final class ReplicaVersion: Sendable {
  /// More than the longest line of any processor's cache.
  private let before: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0, 0, 0, 0, 0, 0, 0, 0
  )
  private let number = Atomic<Int>(0)
  private let heard = Atomic<Int64>(.min)
  private let after: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0, 0, 0, 0, 0, 0, 0, 0
  )

  /// The number of changes to what event loops may have in memory.
  var current: Int { number.load(ordering: .acquiring) }

  /// Something has changed that they may have.
  func advance() {
    number.add(1, ordering: .releasing)
  }

  /// When the store last answered, and all that it had told until then was taken in, in monotonic milliseconds.
  var lastHeard: Int64 { heard.load(ordering: .relaxed) }

  /// The store has answered what it was asked at this time.
  func hear(asOf time: Int64) {
    heard.max(time, ordering: .relaxed)
  }

  /// What was heard before counts no more: the replica begins anew.
  func forgetHeard() {
    heard.store(.min, ordering: .relaxed)
  }
}
