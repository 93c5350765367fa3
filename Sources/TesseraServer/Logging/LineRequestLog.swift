import TesseraCore
package import TesseraHTTP
import TesseraSupport

/// The log of requests straight to the lines of the server's log.
///
/// The same lines as by `LoggerRequestLog` and `LineLogHandler`, which a test compares, at a tenth of the cost: a
/// request has one line, so what a line costs is what a request costs.
package struct LineRequestLog: RequestLog {
  private let format: LogFormat
  private let writesAll: Bool
  private let clock: WallClock
  private let writer: LogWriter

  /// With `writesAll` false only failures of the server are written.
  init(
    _ writer: LogWriter,
    format: LogFormat,
    writesAll: Bool,
    clock: WallClock
  ) {
    self.writer = writer
    self.format = format
    self.writesAll = writesAll
    self.clock = clock
  }

  package func record(_ record: RequestRecord) {
    guard writesAll || record.isFailure else { return }
    let time = clock.now
    writer.write { bytes in
      var line = RequestLine(bytes: bytes, format: format)
      bytes = []
      line.begin(time, record.isFailure ? "error" : "info")
      if let clientID = record.clientID { line.append(clientID) }
      if let detail = record.detail { line.append("detail", text: detail) }
      line.append("duration_us", number: record.microseconds)
      line.append("method", text: record.method)
      line.append("path", text: record.path)
      line.append("request", plain: record.id.prefix, number: record.id.number)
      line.append("source", plain: record.source.description)
      line.append("status", number: Int64(record.status))
      if let trace = record.trace { line.append("trace_id", plain: trace.traceID) }
      line.end()
      bytes = line.bytes
    }
  }
}
