import TesseraCore
package import TesseraHTTP
import TesseraSupport

/// The log of requests straight to the lines of the server's log.
///
/// The same lines as by `LoggerRequestLog` and `LineLogHandler`, which a test compares, at a fraction of the cost: a
/// request has one line, so what a line costs is what a request costs.
package struct LineRequestLog: RequestLog {
  private let format: LogFormat
  private let writesAll: Bool
  private let clock: WallClock
  private let output: LogWriter

  /// With `writesAll` false only failures of the server are written.
  init(
    _ output: LogWriter,
    format: LogFormat,
    writesAll: Bool,
    clock: WallClock
  ) {
    self.output = output
    self.format = format
    self.writesAll = writesAll
    self.clock = clock
  }

  package func writer() -> any RequestLogWriter {
    Writer(output, format: format, writesAll: writesAll, clock: clock)
  }

  /// The lines of one event loop, which are handed over many at a time.
  private final class Writer: RequestLogWriter {
    /// So many bytes are handed over before there are more.
    private static let size = 16_384

    private let output: LogWriter
    private let writesAll: Bool
    private let clock: WallClock
    private var lines: RequestLines

    init(
      _ output: LogWriter,
      format: LogFormat,
      writesAll: Bool,
      clock: WallClock
    ) {
      self.output = output
      self.writesAll = writesAll
      self.clock = clock
      lines = RequestLines(format: format)
    }

    func record(_ record: RequestRecord) {
      guard writesAll || record.isFailure else { return }
      lines.append(record, at: clock.now)
      if lines.bytes.count >= Writer.size { flush() }
    }

    func flush() {
      guard lines.count > 0 else { return }
      output.write(lines.bytes, count: lines.count)
      lines.removeAll(keepingUpTo: 2 * Writer.size)
    }
  }
}
