import Logging
import Synchronization

/// Logs when introspection begins to fail, and when it works again, instead of every failure of an outage.
final class OutageLog: Sendable {
  private let logger: Logger
  private let current = Mutex<Outage.Reason?>(nil)

  init(_ logger: Logger) {
    self.logger = logger
  }

  /// The token service has answered.
  func succeeded() {
    let previous = current.withLock { reason in
      defer { reason = nil }
      return reason
    }
    if previous != nil { logger.notice("access tokens can be verified again") }
  }

  /// The token service has not answered.
  func failed(_ reason: Outage.Reason) {
    let previous = current.withLock { current in
      defer { current = reason }
      return current
    }
    guard previous != reason else { return }
    logger.error("access tokens cannot be verified", metadata: ["reason": "\(reason)"])
  }
}
