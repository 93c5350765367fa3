import TesseraCore
import Tracing

/// What others know a span by: its children, and those that were asked in the course of it (W3C Trace Context §3.2).
struct SpanIdentity: Sendable, Equatable {
  /// The ID of the trace: 16 bytes as two numbers, of which the second is random also where others made it.
  let trace: (high: UInt64, low: UInt64)
  let span: UInt64
  /// Whether the spans of this trace are kept.
  let isSampled: Bool
  /// Whether another service made it.
  let isRemote: Bool

  static func == (left: SpanIdentity, right: SpanIdentity) -> Bool {
    left.trace == right.trace && left.span == right.span && left.isSampled == right.isSampled
      && left.isRemote == right.isRemote
  }

  var traceID: String { SpanIdentity.hexadecimal(trace.high) + SpanIdentity.hexadecimal(trace.low) }
  var spanID: String { SpanIdentity.hexadecimal(span) }

  /// As it stands in `traceparent`.
  var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

  static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension SpanIdentity {
  /// That of a parent in another service.
  init?(_ parent: TraceContext) {
    guard let high = UInt64(parent.traceID.prefix(16), radix: 16),
      let low = UInt64(parent.traceID.suffix(16), radix: 16)
    else { return nil }
    self.init(trace: (high, low), span: parent.parentID, isSampled: parent.isSampled, isRemote: true)
  }
}

private enum SpanIdentityKey: InstrumentationContextKey {
  typealias Value = SpanIdentity
}

extension InstrumentationContext {
  /// The span that this context is of; nil outside of any.
  var spanIdentity: SpanIdentity? {
    get { self[SpanIdentityKey.self] }
    set { self[SpanIdentityKey.self] = newValue }
  }
}
