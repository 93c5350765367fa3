import GRDB

/// Holds the right to write to a database, as another process would.
struct DatabaseLock {
  private let queue: DatabaseQueue

  init(path: String) throws {
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.inDatabase { try $0.beginTransaction(.immediate) }
  }

  func release() throws {
    try queue.inDatabase { try $0.rollback() }
    try queue.close()
  }
}
