import Logging
import ServiceLifecycle
import TesseraTestSupport
import Testing
import Tracing

@testable import TesseraTracing

/// What becomes of spans on their way to a collector.
@Suite struct SpanExporterTests {
  /// Runs an exporter to this endpoint during the test, and lets it end.
  private func run(
    _ queue: SpanQueue,
    to endpoint: String,
    _ body: () async throws -> Void
  ) async throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let exporter = SpanExporter(
      of: queue,
      to: endpoint,
      origin: SpanOrigin(version: "1", instance: "1"),
      every: .milliseconds(2),
      logger: logger
    )
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(services: [.init(service: exporter)], logger: logger)
    )
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      try await body()
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  private func add(_ count: Int, to queue: SpanQueue) {
    let tracer = SpanTracer(keeping: 1, in: queue)
    for _ in 0..<count { tracer.startSpan("span", context: .topLevel).end() }
  }

  private func spanCount(_ received: SpanReceiver.Received) -> Int {
    String(decoding: received.body, as: UTF8.self).matches(of: /"spanId":/).count
  }

  @Test(arguments: [
    ("http://a.example", "http://a.example/v1/traces"), ("http://a.example/", "http://a.example/v1/traces"),
    ("https://a.example:4318/x", "https://a.example:4318/x/v1/traces"),
    ("http://a.example/v1/traces", "http://a.example/v1/traces"),
    ("http://a.example/v1/traces/", "http://a.example/v1/traces"),
  ])
  func spansGoWhereTheEndpointSays(endpoint: String, url: String) {
    #expect(SpanExporter.url(of: endpoint) == url)
  }

  @Test func spansAreSentInBoundedBatches() async throws {
    try await SpanReceiver.run { receiver, port in
      let queue = SpanQueue()
      add(1200, to: queue)
      try await run(queue, to: "http://127.0.0.1:\(port)") {
        try await wait { queue.counts.exported == 1200 }
      }
      #expect(receiver.received.map(spanCount) == [512, 512, 176])
      #expect(receiver.received.allSatisfy { $0.contentType == ["application/json"] })
      #expect(queue.counts.dropped == 0)
    }
  }

  @Test(arguments: [429, 502, 503, 504])
  func whatTheCollectorCannotTakeNowIsSentAgain(status: Int) async throws {
    try await SpanReceiver.run(answering: [(status, ""), (status, "")]) { receiver, port in
      let queue = SpanQueue()
      add(3, to: queue)
      try await run(queue, to: "http://127.0.0.1:\(port)/") {
        try await wait { queue.counts.exported == 3 }
      }
      #expect(receiver.received.map(spanCount) == [3, 3, 3])
      #expect(Set(receiver.received.map(\.body)).count == 1)
    }
  }

  @Test(arguments: [
    [(400, "")], [(404, "")], [(307, "")], Array(repeating: (503, "no"), count: 5),
  ])
  func whatTheCollectorDoesNotTakeIsDroppedAndCounted(answers: [(status: Int, body: String)]) async throws {
    try await SpanReceiver.run(answering: answers) { receiver, port in
      let queue = SpanQueue()
      add(3, to: queue)
      try await run(queue, to: "http://127.0.0.1:\(port)/v1/traces") {
        try await wait { queue.counts.dropped == 3 }
        add(2, to: queue)
        try await wait { queue.counts.exported == 2 }
      }
      #expect(receiver.received.count == answers.count + 1)
    }
  }

  @Test(arguments: [#""2""#, "2"])
  func whatTheCollectorThrowsAwayIsCounted(count: String) async throws {
    let answer = #"{"partialSuccess":{"rejectedSpans":\#(count),"errorMessage":"too old"}}"#
    try await SpanReceiver.run(answering: [(200, answer)]) { _, port in
      let queue = SpanQueue()
      add(5, to: queue)
      try await run(queue, to: "http://127.0.0.1:\(port)") { try await wait { queue.counts.exported > 0 } }
      #expect(queue.counts == (3, 2))
    }
  }

  @Test func whatIsLeftAtTheEndIsSent() async throws {
    try await SpanReceiver.run(answering: [(503, "")]) { receiver, port in
      let queue = SpanQueue()
      add(3, to: queue)
      // Ends while the first is to be sent again.
      try await run(queue, to: "http://127.0.0.1:\(port)") { try await wait { !receiver.received.isEmpty } }
      #expect(receiver.received.map(spanCount) == [3, 3])
    }
  }

  @Test func withoutACollectorItDropsAndEnds() async throws {
    let queue = SpanQueue()
    add(3, to: queue)
    // Nobody listens at the port of a server that has stopped.
    var port = 0
    try await SpanReceiver.run { _, free in port = free }
    try await run(queue, to: "http://127.0.0.1:\(port)") { try await wait { queue.counts.dropped == 3 } }
    #expect(queue.counts.exported == 0)
  }
}
