import NIOCore
package import TesseraCore
package import Tracing

/// Makes a span of each request that is part of a trace that is kept.
package struct RequestTracing: Sendable {
  private let tracer: any Tracer
  private let counters: RequestCounters

  /// `counters` name what became of a request.
  package init(_ tracer: any Tracer, counters: RequestCounters) {
    self.tracer = tracer
    self.counters = counters
  }

  /// The span of a request whose first byte came then; nil where it is not kept.
  func begin(_ head: RequestHead, at started: NIODeadline) -> RequestSpan? {
    var context = InstrumentationContext.topLevel
    tracer.extract(head.headers, into: &context, using: HeaderReader())
    let age = UInt64(max(0, (NIODeadline.now() - started).nanoseconds))
    let start = DefaultTracerClock.now.nanosecondsSinceEpoch &- age
    let method = RequestSpan.method(of: head)
    let span = tracer.startSpan(
      "\(method) \(head.endpoint.path)",
      context: context,
      ofKind: .server,
      at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: start)
    )
    guard span.isRecording else { return nil }
    var parent = ""
    tracer.inject(span.context, into: &parent, using: TextWriter())
    return RequestSpan(span, trace: TraceContext(parent), counters: counters)
  }
}

/// The span of one request.
final class RequestSpan: Sendable {
  private let span: any Span
  /// As it is told in the log.
  let trace: TraceContext?
  private let counters: RequestCounters

  fileprivate init(_ span: any Span, trace: TraceContext?, counters: RequestCounters) {
    self.span = span
    self.trace = trace
    self.counters = counters
  }

  /// For what is done in the course of it.
  var context: InstrumentationContext { span.context }

  /// The request is answered.
  ///
  /// Nothing that a caller has sent is told, but for its method where that is a common one.
  func end(_ head: RequestHead, _ id: RequestID, _ response: EndpointResponse) {
    var attributes: SpanAttributes = [
      "http.request.method": .string(RequestSpan.method(of: head)),
      "http.route": .string(head.endpoint.path), "url.path": .string(head.endpoint.path),
      "http.response.status_code": .int64(Int64(response.status)),
      "tessera.request_id": .string(id.description),
    ]
    if let error = response.refusal?.error {
      attributes.set("tessera.result", value: .string(error.code.rawValue))
    }
    for label in response.counter.map(counters.labels) ?? [] {
      attributes.set("tessera.\(label.name)", value: .string(label.value))
    }
    span.attributes = attributes
    if response.status >= 500 { span.setStatus(SpanStatus(code: .error)) }
    span.end()
  }

  /// As the conventions for HTTP have it.
  fileprivate static func method(of head: RequestHead) -> String {
    let method = RequestRecord.known(head.method)
    return method == RequestRecord.otherMethod ? "_OTHER" : method
  }
}

/// Reads a header field of which there is one.
private struct HeaderReader: Extractor {
  func extract(key: String, from headers: RequestHeaders) -> String? {
    guard key == "traceparent" else { return nil }
    let values = headers.values(.traceparent)
    return values.count == 1 ? values[0] : nil
  }
}

/// Keeps the one field that there is.
private struct TextWriter: Injector {
  func inject(_ value: String, forKey key: String, into carrier: inout String) {
    if key == "traceparent" { carrier = value }
  }
}
