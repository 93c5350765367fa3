import Foundation
import Synchronization
import TesseraCore
import Testing
import Tracing

@testable import TesseraTracing

/// Which spans are kept, and what is told of them.
@Suite struct SpanTracerTests {
  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
  private static let parent = "00f067aa0ba902b7"

  private struct Carrier: Extractor, Injector {
    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }

    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
      carrier[key] = value
    }
  }

  /// Numbers one after the other, from this on.
  private static func counting(from first: UInt64 = 1) -> @Sendable () -> UInt64 {
    let next = CountingNumbers(first)
    return { next.take() }
  }

  private final class CountingNumbers: Sendable {
    private let next: Mutex<UInt64>

    init(_ first: UInt64) { next = Mutex(first) }

    func take() -> UInt64 {
      next.withLock { next in
        defer { next += 1 }
        return next
      }
    }
  }

  private func span(_ tracer: SpanTracer, traceparent: String?) -> RecordedSpan {
    var context = InstrumentationContext.topLevel
    tracer.extract(traceparent.map { ["traceparent": $0] } ?? [:], into: &context, using: Carrier())
    return tracer.startSpan("request", context: context, ofKind: .server)
  }

  @Test(arguments: [
    ("00-\(trace)-\(parent)-01", 0.0, true), ("00-\(trace)-\(parent)-00", 1.0, false),
    ("00-\(trace)-\(parent)-03", 0.0, true), ("00-\(trace)-\(parent)-02", 1.0, false), (nil, 1.0, true),
    (nil, 0.0, false), ("nonsense", 1.0, true), ("nonsense", 0.0, false),
  ])
  func whoeverBroughtTheTraceDecidesElseTheRatio(traceparent: String?, ratio: Double, isKept: Bool) {
    let queue = SpanQueue()
    let span = span(SpanTracer(keeping: ratio, in: queue), traceparent: traceparent)
    #expect(span.isRecording == isKept)
    span.end()
    span.end()
    #expect(!span.isRecording)
    #expect(queue.take(10).count == (isKept ? 1 : 0), "and once")
  }

  @Test(arguments: [0.0, 0.01, 0.25, 0.5, 1.0])
  func ofTracesThatBeginHereTheRatioIsKept(ratio: Double) {
    let sampler = SpanSampler(ratio: ratio)
    var numbers = SystemRandomNumberGenerator()
    let kept = (0..<40_000).count { _ in sampler.keeps(traceEndingIn: numbers.next()) }
    // Six standard deviations.
    let deviation = 6 * (40_000 * ratio * (1 - ratio)).squareRoot()
    #expect(abs(Double(kept) - 40_000 * ratio) <= deviation)
  }

  @Test func aChildIsOfTheTraceOfItsParent() {
    let queue = SpanQueue()
    let tracer = SpanTracer(keeping: 0, in: queue)
    let span = span(tracer, traceparent: "00-\(Self.trace)-\(Self.parent)-01")
    let child = tracer.startSpan("store", context: span.context, ofKind: .client)
    var carrier: [String: String] = [:]
    tracer.inject(child.context, into: &carrier, using: Carrier())
    child.end()
    span.end()
    let spans = queue.take(10)
    #expect(spans.map(\.name) == ["store", "request"])
    #expect(spans.allSatisfy { $0.identity.traceID == Self.trace })
    #expect(spans[0].parent?.spanID == spans[1].identity.spanID && spans[0].parent?.isRemote == false)
    #expect(spans[1].parent?.spanID == Self.parent && spans[1].parent?.isRemote == true)
    #expect(carrier == ["traceparent": "00-\(Self.trace)-\(spans[0].identity.spanID)-01"])
  }

  @Test func aFullQueueDropsAndCounts() {
    let queue = SpanQueue(capacity: 3)
    let tracer = SpanTracer(keeping: 1, in: queue)
    for _ in 0..<5 { span(tracer, traceparent: nil).end() }
    #expect(queue.counts.dropped == 2)
    #expect(queue.take(2).count == 2 && queue.take(2).count == 1 && queue.take(2).isEmpty)
  }

  @Test func theDocumentIsTheJSONOfOTLP() throws {
    let queue = SpanQueue()
    let tracer = SpanTracer(keeping: 1, in: queue, random: Self.counting(from: 0xA1))
    var context = InstrumentationContext.topLevel
    tracer.extract(["traceparent": "00-\(Self.trace)-\(Self.parent)-01"], into: &context, using: Carrier())
    let span = tracer.startSpan(
      "POST /oauth2/token",
      context: context,
      ofKind: .server,
      at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1_700_000_000_000_000_001)
    )
    span.attributes = [
      "http.response.status_code": .int64(503), "text": .string(String(repeating: "x", count: 1000)),
      "flag": .bool(true),
    ]
    span.setStatus(SpanStatus(code: .error, message: "not told"))
    span.end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1_700_000_000_000_000_009))
    let origin = SpanOrigin(version: "1.2", instance: "node 1")
    let text = OTLPDocument(queue.take(10), of: origin).json.text()
    let expected = """
      {"resourceSpans":[{"resource":{"attributes":[
      {"key":"service.name","value":{"stringValue":"tessera"}},
      {"key":"service.version","value":{"stringValue":"1.2"}},
      {"key":"service.instance.id","value":{"stringValue":"node 1"}}]},
      "scopeSpans":[{"scope":{"name":"tessera","version":"1.2"},"spans":[
      {"traceId":"\(Self.trace)","spanId":"00000000000000a1","parentSpanId":"\(Self.parent)","flags":769,
      "name":"POST /oauth2/token","kind":2,
      "startTimeUnixNano":"1700000000000000001","endTimeUnixNano":"1700000000000000009","attributes":[
      {"key":"flag","value":{"boolValue":true}},
      {"key":"http.response.status_code","value":{"intValue":"503"}},
      {"key":"text","value":{"stringValue":"\(String(repeating: "x", count: 256))"}}],
      "status":{"code":2}}]}]}]}
      """
    #expect(text == expected.replacing("\n", with: ""))
  }
}
