package import Logging
import TesseraCore
package import TesseraHTTP
package import TesseraSupport

/// The log of a server: lines to standard error.
package struct ServerLog: Sendable {
  package let logger: Logger
  /// The log of requests, in the same lines.
  package let requests: any RequestLog
  private let writer: LogWriter

  /// Begins a log, which has to be finished.
  package init(
    level: Logger.Level,
    format: LogFormat,
    output: FileOutput = .standardError,
    clock: WallClock = .system
  ) {
    let writer = LogWriter(output) { dropped in
      LogLine(
        time: clock.now,
        level: .warning,
        message: "lines of the log were dropped because nothing read them",
        metadata: ["lines": .stringConvertible(dropped)]
      ).text(in: format) + "\n"
    }
    self.writer = writer
    requests = LineRequestLog(writer, format: format, writesAll: level <= .info, clock: clock)
    logger = Logger(label: "tessera") { _ in
      LineLogHandler(level: level, format: format, clock: clock) { writer.write($0) }
    }
  }

  /// Writes what is not written yet.
  ///
  /// A line that is logged later is lost.
  package func finish() {
    writer.finish()
  }
}
