import NIOCore

/// What an event loop does together at the end of a tick, when it has read from all connections that are ready: it
/// answers the requests, writes the answers, and tells the log what became of them.
///
/// Each step finds its code in the processor's cache, where a request that goes all the way by itself finds that of the
/// last step of the one before. Nothing waits for what has not been read.
final class TickBatch {
  /// So many connections are answered before their answers are written, so that the first is not kept waiting by all.
  static let size = 32

  private let eventLoop: any EventLoop
  private let log: any RequestLogWriter
  private var arrivals: [any LoopConnection] = []
  private var answered: [any LoopConnection] = []
  private var records: [RequestRecord] = []
  private var isDue = false
  private var began = NIODeadline.uptimeNanoseconds(0)

  init(on eventLoop: any EventLoop, log: any RequestLogWriter) {
    self.eventLoop = eventLoop
    self.log = log
  }

  /// The connection is to look at what it has read; the result is when the tick first read anything.
  func hasRead(_ connection: any LoopConnection) -> NIODeadline {
    if arrivals.isEmpty { began = eventLoop.now }
    arrivals.append(connection)
    schedule()
    return began
  }

  /// The connection is to write its answers.
  func hasAnswered(_ connection: any LoopConnection) {
    answered.append(connection)
    schedule()
  }

  /// The log is told this, but after its answer: what a line says, and so what it costs, differs from refusal to refusal.
  func record(_ record: RequestRecord) {
    records.append(record)
    schedule()
  }

  private func schedule() {
    guard !isDue else { return }
    isDue = true
    eventLoop.assumeIsolated().execute { self.run() }
  }

  private func run() {
    var next = 0
    // Connections can come while others are looked at.
    while next < arrivals.count {
      let end = min(next + TickBatch.size, arrivals.count)
      while next < end {
        arrivals[next].lookAtInput()
        next += 1
      }
      write()
    }
    arrivals.removeAll(keepingCapacity: true)
    write()
    for record in records { log.record(record) }
    records.removeAll(keepingCapacity: true)
    log.flush()
    isDue = false
  }

  private func write() {
    var next = 0
    while next < answered.count {
      answered[next].writeAnswers()
      next += 1
    }
    answered.removeAll(keepingCapacity: true)
  }
}
