import AsyncHTTPClient
package import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import TesseraCore
import TesseraFetching
import TesseraJOSE
package import TesseraSupport

/// Sends the spans that wait to a collector, by OTLP over HTTP in JSON.
///
/// What the collector does not take in a while is dropped: meanwhile the queue fills, and drops too.
package struct SpanExporter: Service {
  private static let batchSize = 512
  /// How often a batch is sent that the collector could not take.
  private static let mostAttempts = 5
  private static let timeout = Duration.seconds(10)
  /// At the end the process does not wait for longer.
  private static let timeoutAtEnd = Duration.seconds(3)
  private static let maximumAnswerSize = 65_536

  private let queue: SpanQueue
  private let pause: Duration
  private let url: String
  private let origin: SpanOrigin
  private let exchange: ServiceExchange
  private let logger: Logger

  /// `endpoint` is the base URL of the collector, or where it takes spans, which is sent what there is after each
  /// `pause`.
  package init(
    of queue: SpanQueue,
    to endpoint: String,
    origin: SpanOrigin,
    every pause: Duration = .seconds(1),
    time: Timekeeper = Timekeeper(ContinuousClock()),
    logger: Logger
  ) {
    self.queue = queue
    self.pause = pause
    url = SpanExporter.url(of: endpoint)
    self.origin = origin
    exchange = ServiceExchange(httpClient: .untilRefused, time: time)
    self.logger = logger
  }

  /// Where a collector at this endpoint takes spans.
  static func url(of endpoint: String) -> String {
    let base = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
    return base.hasSuffix("/v1/traces") ? base : base + "/v1/traces"
  }

  package func run() async throws {
    let rest = await cancelWhenGracefulShutdown {
      var outage = Outage()
      while !Task.isCancelled {
        try? await Task.sleep(for: pause)
        // One batch after the other, until there are no more; a collector in need gets a pause.
        while !Task.isCancelled, await exportBatch(&outage) {}
      }
      return outage.batch
    }
    await exportLast(rest)
  }

  /// What is tried again, and how often it was.
  private struct Outage {
    var batch: [FinishedSpan] = []
    var attempts = 0
    var isKnown = false
    var pauses = 0
  }

  /// Whether there may be more to export now.
  private func exportBatch(_ outage: inout Outage) async -> Bool {
    guard outage.pauses == 0 else {
      outage.pauses -= 1
      return false
    }
    if outage.batch.isEmpty { outage.batch = queue.take(SpanExporter.batchSize) }
    guard !outage.batch.isEmpty else { return false }
    switch await send(outage.batch, within: SpanExporter.timeout) {
    case .taken(let refused):
      queue.count(exported: outage.batch.count - refused, dropped: refused)
      if outage.isKnown { logger.notice("the collector takes spans again") }
      outage = Outage()
      return true
    case .notNow(let reason) where outage.attempts + 1 < SpanExporter.mostAttempts:
      outage.attempts += 1
      outage.pauses = 1 << outage.attempts
      warn(reason, &outage)
      return false
    case .notNow(let reason), .never(let reason):
      queue.count(dropped: outage.batch.count)
      warn(reason, &outage)
      (outage.batch, outage.attempts, outage.pauses) = ([], 0, 0)
      return false
    }
  }

  /// `rest` and everything that is there, once: nothing is traced any more.
  private func exportLast(_ rest: [FinishedSpan]) async {
    var batch = rest.isEmpty ? queue.take(SpanExporter.batchSize) : rest
    while !batch.isEmpty {
      guard case .taken = await send(batch, within: SpanExporter.timeoutAtEnd) else { return }
      batch = queue.take(SpanExporter.batchSize)
    }
  }

  /// Once for each time that the collector fails.
  private func warn(_ reason: String, _ outage: inout Outage) {
    guard !outage.isKnown else { return }
    outage.isKnown = true
    logger.warning(
      "spans cannot be exported, and are dropped when that lasts: see tracing.endpoint",
      metadata: ["url": .string(url), "detail": .string(reason)]
    )
  }

  // MARK: Sending

  /// What the collector makes of a batch.
  private enum Outcome {
    /// It has taken all but so many.
    case taken(refused: Int)
    case notNow(String)
    case never(String)
  }

  private func send(_ spans: [FinishedSpan], within limit: Duration) async -> Outcome {
    let body = OTLPDocument(spans, of: origin).json.text()
    let url = url
    do throws(ServiceExchange.Failure) {
      let answer = try await exchange.answer(
        within: limit,
        upTo: SpanExporter.maximumAnswerSize,
        mayRepeat: true
      ) {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = ["Content-Type": "application/json", "User-Agent": "tessera"]
        request.body = .bytes(ByteBuffer(string: body))
        return request
      }
      switch answer.status {
      case 200..<300: return .taken(refused: min(SpanExporter.refused(answer.body), spans.count))
      // Those that are to be tried again (OTLP, "Failures").
      case 429, 502, 503, 504: return .notNow("it answered \(answer.status)")
      default: return .never("it answered \(answer.status)")
      }
    } catch {
      switch error {
      case .redirected: return .never("it redirects, which is not followed")
      case .tooLarge: return .never("its answer is too large")
      case .timedOut: return .notNow("it did not answer in time")
      case .unreachable(let reason): return .notNow(reason)
      }
    }
  }

  /// How many spans the collector says it has thrown away (OTLP, "Partial Success").
  private static func refused(_ body: ByteBuffer) -> Int {
    switch JSON(Array(buffer: body))?.members?["partialSuccess"]?.members?["rejectedSpans"] {
    case .string(let text)?: max(0, Int(text) ?? 0)
    case .number(let number)?: max(0, Int(exactly: number) ?? 0)
    default: 0
    }
  }
}
