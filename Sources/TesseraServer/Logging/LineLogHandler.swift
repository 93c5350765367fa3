package import Logging
import TesseraCore
package import TesseraSupport

/// Writes each log event as one line.
package struct LineLogHandler: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var metadataProvider: Logger.MetadataProvider?
  package var logLevel: Logger.Level
  private let format: LogFormat
  private let clock: WallClock
  private let write: @Sendable (String) -> Void

  /// A handler that gives each line, with its newline, to `write` in one call.
  package init(
    level: Logger.Level,
    format: LogFormat,
    clock: WallClock = .system,
    write: @escaping @Sendable (String) -> Void
  ) {
    logLevel = level
    self.format = format
    self.clock = clock
    self.write = write
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
    if let particular = event.metadata { all.merge(particular) { _, new in new } }
    if let error = event.error { all["error"] = .string(String(describing: error)) }
    let line = LogLine(time: clock.now, level: event.level, message: event.message.description, metadata: all)
    write(line.text(in: format) + "\n")
  }
}
