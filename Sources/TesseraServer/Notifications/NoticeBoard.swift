import Synchronization
import TesseraCore

/// What this node has found and not told the store yet.
final class NoticeBoard: Sendable {
  private static let limit = 100

  private let notices = Mutex<[SecurityNotice]>([])

  func post(_ notice: SecurityNotice) {
    notices.withLock { notices in
      notices.append(notice)
      if notices.count > NoticeBoard.limit { notices.removeFirst() }
    }
  }

  /// All there are, the oldest first; they are gone from here then.
  func take() -> [SecurityNotice] {
    notices.withLock { notices in
      defer { notices = [] }
      return notices
    }
  }
}
