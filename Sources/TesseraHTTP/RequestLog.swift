package import Logging
import NIOCore
import Synchronization
import TesseraCore

/// Writes one line a request: who, what, how it ended, how long it took.
///
/// Never a secret, a token, a parameter or a path that is not ours.
package struct RequestLog: Sendable {
  private let logger: Logger
  private let numbers = RequestNumbers()

  package init(logger: Logger) {
    self.logger = logger
  }

  func record(
    method: String,
    path: String,
    response: EndpointResponse,
    source: SourceAddress,
    started: NIODeadline
  ) {
    let level: Logger.Level = response.status >= 500 ? .error : .info
    guard logger.logLevel <= level else { return }
    let microseconds = (NIODeadline.now() - started).nanoseconds / 1000
    var metadata: Logger.Metadata = [
      "request": .string(numbers.next()), "method": .string(RequestLog.known(method)),
      "path": .string(path), "status": .stringConvertible(response.status),
      "duration_us": .stringConvertible(microseconds), "source": .string(source.description),
    ]
    if let clientID = response.clientID { metadata["client"] = .string(clientID.rawValue) }
    if let detail = response.privateDetail { metadata["detail"] = .string(detail) }
    logger.log(level: level, "request", metadata: metadata)
  }

  /// A method that is not a common one came from outside and may be anything.
  private static func known(_ method: String) -> String {
    switch method {
    case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT": method
    default: "(other)"
    }
  }
}

/// Request IDs: a random prefix for this process, then a count.
private final class RequestNumbers: Sendable {
  private let prefix = Base32.lowerCase.encode(RandomSource.system.bytes(count: 5))
  private let count = Atomic<Int>(0)

  func next() -> String {
    "\(prefix)-\(count.add(1, ordering: .relaxed).newValue)"
  }
}
