import Logging
import Synchronization

/// Logs when something begins to fail, and when it works again, instead of every failure of an outage.
final class OutageLog: Sendable {
  /// What fails.
  struct Subject: Sendable {
    let failing: Logger.Message
    let working: Logger.Message

    static let introspection = Subject(
      failing: "access tokens cannot be verified",
      working: "access tokens can be verified again"
    )
    static let keys = Subject(
      failing: "the keys of the token service cannot be read",
      working: "the keys of the token service can be read again"
    )
    static let revocations = Subject(
      failing: "revocations cannot be read",
      working: "revocations can be read again"
    )
  }

  private let logger: Logger
  private let subject: Subject
  private let current = Mutex<Outage?>(nil)

  init(_ logger: Logger?, of subject: Subject) {
    self.logger = logger ?? Logger(label: "tessera.guard") { _ in SwiftLogNoOpLogHandler() }
    self.subject = subject
  }

  /// The token service has answered.
  func succeeded() {
    let previous = current.withLock { outage in
      defer { outage = nil }
      return outage
    }
    if previous != nil { logger.notice(subject.working) }
  }

  /// The token service has not answered.
  func failed(_ outage: Outage) {
    let previous = current.withLock { current in
      defer { current = outage }
      return current
    }
    guard previous?.reason != outage.reason || previous?.source != outage.source else { return }
    logger.error(subject.failing, metadata: ["reason": "\(outage)"])
  }
}
