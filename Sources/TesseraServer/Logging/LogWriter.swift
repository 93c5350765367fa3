package import Dispatch
import Foundation
import Synchronization

/// Writes lines to a file on a thread of its own, so that whoever reads them slowly, or not at all, holds up
/// nobody who logs.
///
/// What waits to be written is bounded. Beyond that lines are dropped, and counted in a line where they are
/// missing.
package final class LogWriter: Sendable {
  private struct State {
    var waiting: [UInt8] = []
    /// How many bytes the thread is writing.
    var taken = 0
    var dropped = 0
    var isWriting = false
    /// Signalled when the thread has ended.
    var finish: DispatchSemaphore?
  }

  /// The system writes up to this many bytes to a pipe in one piece (`PIPE_BUF`), so that lines of several
  /// processes do not mix.
  private static let pieceSize = 4096
  /// How long lines are gathered before they are written, in seconds.
  private static let gatheringTime = 0.003

  private static let keptSize = 65_536

  private let output: FileOutput
  private let capacity: Int
  private let notice: @Sendable (Int) -> String
  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)

  /// A writer that keeps up to `capacity` bytes; `notice` is the line, with its newline, that says how many
  /// were dropped.
  package init(
    _ output: FileOutput,
    capacity: Int = 1_048_576,
    notice: @escaping @Sendable (_ dropped: Int) -> String
  ) {
    self.output = output
    self.capacity = capacity
    self.notice = notice
    Thread { self.run() }.start()
  }

  /// Takes a line, with its newline, to be written soon.
  package func write(_ line: String) {
    var line = line
    line.withUTF8 { write($0, count: 1) }
  }

  /// Takes so many lines, each with its newline, to be written soon.
  func write(_ lines: [UInt8], count: Int) {
    lines.withUnsafeBufferPointer { write($0, count: count) }
  }

  private func write(_ lines: UnsafeBufferPointer<UInt8>, count: Int) {
    let wakes = state.withLock { state in
      guard state.finish == nil else { return false }
      // After lines that were dropped comes their number first.
      let isRoom = state.waiting.count + state.taken + lines.count <= capacity
      guard state.dropped == 0, isRoom else {
        state.dropped += count
        return false
      }
      state.waiting.append(contentsOf: lines)
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if wakes { wake.signal() }
  }

  /// Writes all that waits, and nothing any more; gives up on a reader that takes too long.
  package func finish(within time: DispatchTimeInterval = .seconds(5)) {
    let ended = DispatchSemaphore(value: 0)
    let isFirst = state.withLock { state in
      guard state.finish == nil else { return false }
      state.finish = ended
      return true
    }
    guard isFirst else { return }
    wake.signal()
    _ = ended.wait(timeout: .now() + time)
  }

  // MARK: The thread

  private func run() {
    while true {
      wake.wait()
      repeat {
        // Lines come in numbers where they come at all: written together they cost a tenth.
        gather()
      } while writeAll()
      if let finish = state.withLock({ $0.finish }) {
        finish.signal()
        return
      }
    }
  }

  /// Waits for more lines, but not once it is to finish.
  private func gather() {
    if state.withLock({ $0.finish == nil }) { Thread.sleep(forTimeInterval: LogWriter.gatheringTime) }
  }

  /// Whether there was anything to write.
  private func writeAll() -> Bool {
    guard let lines = take() else { return false }
    write(lines)
    return true
  }

  private func take() -> [UInt8]? {
    state.withLock { state in
      if state.dropped > 0 {
        state.waiting += notice(state.dropped).utf8
        state.dropped = 0
      }
      state.isWriting = !state.waiting.isEmpty
      state.taken = state.waiting.count
      guard state.isWriting else { return nil }
      // With the room that it has grown to, so that it is not made to grow again by each batch.
      defer {
        state.waiting = []
        state.waiting.reserveCapacity(min(state.taken, LogWriter.keptSize))
      }
      return state.waiting
    }
  }

  /// Writes whole lines, as many at a time as make a piece.
  private func write(_ lines: [UInt8]) {
    let newline = UInt8(ascii: "\n")
    var rest = lines[...]
    while !rest.isEmpty {
      let end = rest.prefix(LogWriter.pieceSize).lastIndex(of: newline) ?? rest.firstIndex(of: newline)
      let piece = end.map { rest[...$0] } ?? rest
      // Before it is written: whoever reads it may count on the room.
      state.withLock { $0.taken -= piece.count }
      // A log that cannot be written must not stop the server.
      try? output.write(piece)
      rest = rest[piece.endIndex...]
    }
  }
}
