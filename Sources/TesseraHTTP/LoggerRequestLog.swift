package import Logging
import TesseraCore

/// The log of requests by way of a logger, with whatever handler that has.
package struct LoggerRequestLog: RequestLog {
  private let logger: Logger
  private let numbers = RequestNumbers()

  package init(_ logger: Logger) {
    self.logger = logger
  }

  package func record(_ record: RequestRecord) {
    let level: Logger.Level = record.isFailure ? .error : .info
    guard logger.logLevel <= level else { return }
    var metadata: Logger.Metadata = [
      "request": .string(numbers.prefix + String(numbers.next())), "method": .string(record.method),
      "path": .string(record.path), "status": .stringConvertible(record.status),
      "duration_us": .stringConvertible(record.microseconds), "source": .string(record.source.description),
    ]
    if let clientID = record.clientID { metadata["client"] = .string(clientID.rawValue) }
    if let detail = record.detail { metadata["detail"] = .string(detail) }
    logger.log(level: level, "request", metadata: metadata)
  }
}
