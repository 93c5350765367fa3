import Logging
import NIOCore
import Synchronization

/// Warnings that anybody's requests may cause, each written once a minute at most.
///
/// The next line says how many times it happened that no line was written for.
final class PacedWarning: Sendable {
  /// From one line to the next that says the same.
  static let pause = TimeAmount.seconds(60)

  private struct Line {
    var last: NIODeadline
    var unwritten = 0
  }

  private let logger: Logger
  /// By the text, of which there are a few.
  private let lines = Mutex<[String: Line]>([:])

  init(_ logger: Logger) {
    self.logger = logger
  }

  /// Writes the line, unless it was written a short while ago.
  func write(_ text: String, detail: String? = nil, at now: NIODeadline = .now()) {
    let unwritten = lines.withLock { lines -> Int? in
      guard var line = lines[text], now - line.last < PacedWarning.pause else {
        return lines.updateValue(Line(last: now), forKey: text)?.unwritten ?? 0
      }
      line.unwritten += 1
      lines[text] = line
      return nil
    }
    guard let unwritten else { return }
    var metadata: Logger.Metadata = [:]
    if let detail { metadata["detail"] = .string(detail) }
    if unwritten > 0 { metadata["times_since_the_last_line"] = .stringConvertible(unwritten) }
    logger.warning("\(text)", metadata: metadata)
  }
}
