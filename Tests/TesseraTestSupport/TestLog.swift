package import Logging
import Synchronization

/// Keeps what is logged, for tests that look for what must not be in there.
package final class TestLog: Sendable {
  private let entries = Mutex<[String]>([])

  package init() {}

  /// One text an entry: the message and its metadata.
  package var lines: [String] { entries.withLock { $0 } }

  /// A logger that writes here.
  package var logger: Logger {
    Logger(label: "test") { _ in TestLogHandler(log: self) }
  }

  fileprivate func append(_ line: String) {
    entries.withLock { $0.append(line) }
  }
}

private struct TestLogHandler: LogHandler {
  let log: TestLog
  var logLevel = Logger.Level.trace
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    log.append(([event.message.description] + fields.map { "\($0)=\($1)" }).joined(separator: " "))
  }
}
