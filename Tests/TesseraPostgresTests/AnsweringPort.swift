import Foundation
import Testing

/// A port of this machine where somebody answers one connection: with the next answer to whatever comes, until it ends.
final class AnsweringPort: Sendable {
  let number: UInt16
  private let conversation: AsyncStream<[UInt8]>

  init(_ answers: [[UInt8]]) throws {
    let listener = try UnusedPort()
    try #require(listen(listener.descriptor, 1) == 0)
    number = listener.number
    let (conversation, ending) = AsyncStream<[UInt8]>.makeStream()
    self.conversation = conversation
    // At once, not when a busy machine has a task begin: who connects does not wait for long.
    Thread.detachNewThread {
      ending.yield(AnsweringPort.answer(listener, answers))
      ending.finish()
    }
  }

  /// What was said to it, when the connection has ended.
  var heard: [UInt8]? { get async { await conversation.first { _ in true } } }

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
