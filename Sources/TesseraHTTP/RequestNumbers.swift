import Synchronization
import TesseraCore
import TesseraJOSE

/// Request IDs: a random prefix for this process, then a count.
package final class RequestNumbers: Sendable {
  /// The prefix, with the hyphen that follows it.
  package let prefix = Base32.lowerCase.encode(RandomSource.system.bytes(count: 5)) + "-"
  private let count = Atomic<Int>(0)

  package init() {}

  /// The next count.
  package func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
