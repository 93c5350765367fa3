import NIOCore

/// What an event loop does together at the end of a tick, when all connections that were ready have been read from and
/// answered: it writes the answers, and then tells the log what became of the requests.
///
/// So each of these finds its code in the processor's cache, where a request that goes all the way by itself finds what
/// the one before has left there. Nothing waits for company that is not there: where a connection was the only one to
/// answer in a tick, the first answer of the next is written at once.
final class TickBatch {
  /// What so many connections have answered is not kept waiting for the others, and takes no more memory.
  static let size = 32

  private let eventLoop: any EventLoop
  private let log: any RequestLogWriter
  private var answered: [any LoopConnection] = []
  private var records: [RequestRecord] = []
  /// How many have answered in this tick.
  private var count = 0
  private var countBefore = 0
  private var isDue = false
  private var isSettling = false

  init(on eventLoop: any EventLoop, log: any RequestLogWriter) {
    self.eventLoop = eventLoop
    self.log = log
  }

  /// The connection has answers, which it is to write if it has not.
  func hasAnswered(_ connection: any LoopConnection) {
    schedule()
    count += 1
    guard count > 1 || countBefore > 1 else { return connection.writeAnswers() }
    answered.append(connection)
    if answered.count >= TickBatch.size { settle() }
  }

  /// The log is to be told this, but after the answer: what a line says, and so what it costs, differs from refusal to
  /// refusal.
  func record(_ record: RequestRecord) {
    records.append(record)
    schedule()
  }

  private func schedule() {
    guard !isDue else { return }
    isDue = true
    eventLoop.assumeIsolated().execute {
      self.isDue = false
      self.countBefore = self.count
      self.count = 0
      self.settle()
    }
  }

  /// Writes the answers that are there, and logs them.
  func settle() {
    // Who can write again may answer more, and come here.
    guard !isSettling else { return }
    isSettling = true
    defer { isSettling = false }
    var next = 0
    while next < answered.count {
      answered[next].writeAnswers()
      next += 1
    }
    answered.removeAll(keepingCapacity: true)
    for record in records { log.record(record) }
    records.removeAll(keepingCapacity: true)
    log.flush()
  }
}
