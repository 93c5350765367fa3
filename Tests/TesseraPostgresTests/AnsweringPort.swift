import Foundation
import Testing

/// A port of this machine where somebody answers one connection: with the next answer to whatever comes, until it ends.
final class AnsweringPort: Sendable {
  let number: UInt16
  private let conversation: Task<[UInt8], Never>

  init(_ answers: [[UInt8]]) throws {
    let listener = try UnusedPort()
    try #require(listen(listener.descriptor, 1) == 0)
    number = listener.number
    conversation = Task {
      await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(returning: AnsweringPort.answer(listener, answers))
        }
      }
    }
  }

  /// What was said to it, when the connection has ended.
  var heard: [UInt8] { get async { await conversation.value } }

  private static func answer(_ listener: UnusedPort, _ answers: [[UInt8]]) -> [UInt8] {
    let connection = accept(listener.descriptor, nil, nil)
    defer { close(connection) }
    var heard: [UInt8] = []
    var answers = answers[...]
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { return heard }
      heard += buffer[..<count]
      if let answer = answers.popFirst() { _ = write(connection, answer, answer.count) }
    }
  }
}
