import Synchronization
import TesseraCore

/// Who has a request under way whose body stands for a file, and so takes memory and time.
final class FileRequests: Sendable {
  /// How many there can be at a time, of one caller one.
  private static let limit = 4

  private let callers = Mutex<Set<ClientID>>([])

  /// Throws unless one of this caller can begin.
  func begin(by caller: ClientID) throws(AdminProblem) {
    let hasBegun = callers.withLock { callers in
      callers.count < FileRequests.limit && callers.insert(caller).inserted
    }
    guard hasBegun else {
      throw AdminProblem(
        status: 409,
        title: "Conflict",
        detail: "another request of this size is under way; ask again when it was answered"
      )
    }
  }

  func end(by caller: ClientID) {
    callers.withLock { _ = $0.remove(caller) }
  }
}
