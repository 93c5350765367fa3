package import Logging
package import TesseraCore

/// Where it is written what became of each request: who, what, how it ended, how long it took.
///
/// Never a secret, a token, a parameter or a path that is not ours.
package protocol RequestLog: Sendable {
  /// What one event loop writes to it with.
  func writer() -> any RequestLogWriter
}

/// The log of the requests of one event loop, by which alone it is used.
package protocol RequestLogWriter: AnyObject {
  /// Takes a line about a request.
  func record(_ record: RequestRecord)

  /// Hands over the lines that were taken, to be written soon.
  func flush()
}

/// What became of a request.
package struct RequestRecord: Sendable {
  /// What the request is called.
  package let id: RequestID
  /// The method; one that is not a common one came from outside and may be anything.
  package let method: String
  /// The path of the endpoint.
  package let path: String
  /// The HTTP status.
  package let status: Int
  /// The client that was authenticated, or claimed to be one that exists.
  package let clientID: ClientID?
  /// Where it came from.
  package let source: SourceAddress
  /// From its first byte to its answer.
  package let microseconds: Int64
  /// What went wrong, for operators.
  package let detail: String?
  /// The trace that it is part of, as its sender says.
  package let trace: TraceContext?

  package init(
    id: RequestID,
    method: String,
    path: String,
    status: Int,
    clientID: ClientID? = nil,
    source: SourceAddress,
    microseconds: Int64,
    detail: String? = nil,
    trace: TraceContext? = nil
  ) {
    self.id = id
    self.method = RequestRecord.known(method)
    self.path = path
    self.status = status
    self.clientID = clientID
    self.source = source
    self.microseconds = microseconds
    self.detail = detail
    self.trace = trace
  }

  /// Whether it was the server that failed.
  package var isFailure: Bool { status >= 500 }

  /// What stands for a method that is not a common one.
  static let otherMethod = "(other)"

  static func known(_ method: String) -> String {
    switch method {
    case "POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT": method
    default: otherMethod
    }
  }
}

/// The log of requests by way of a logger, with whatever handler that has.
package struct LoggerRequestLog: RequestLog {
  private let logger: Logger

  package init(_ logger: Logger) {
    self.logger = logger
  }

  package func writer() -> any RequestLogWriter { Writer(logger) }

  /// Hands over each line at once.
  private final class Writer: RequestLogWriter {
    private let logger: Logger

    init(_ logger: Logger) {
      self.logger = logger
    }

    func record(_ record: RequestRecord) { logger.log(record) }

    func flush() {}
  }
}

extension Logger {
  fileprivate func log(_ record: RequestRecord) {
    let level: Logger.Level = record.isFailure ? .error : .info
    guard logLevel <= level else { return }
    var metadata: Logger.Metadata = [
      "request": .stringConvertible(record.id), "method": .string(record.method),
      "path": .string(record.path), "status": .stringConvertible(record.status),
      "duration_us": .stringConvertible(record.microseconds), "source": .string(record.source.description),
    ]
    if let clientID = record.clientID { metadata["client"] = .string(clientID.rawValue) }
    if let detail = record.detail { metadata["detail"] = .string(detail) }
    if let trace = record.trace { metadata["trace_id"] = .string(trace.traceID) }
    log(level: level, "request", metadata: metadata)
  }
}
