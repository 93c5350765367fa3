import TesseraCore
package import Tracing

/// Makes spans, and hands those of the traces that are kept to a queue once they have ended.
///
/// Whoever brought a trace along has decided whether it is kept.
package struct SpanTracer: Tracer {
  private let sampler: SpanSampler
  private let queue: SpanQueue
  private let random: @Sendable () -> UInt64

  /// `ratio` is how many of the traces that begin here are kept, from 0 to 1.
  package init(
    keeping ratio: Double,
    in queue: SpanQueue,
    random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 1...UInt64.max) }
  ) {
    sampler = SpanSampler(ratio: ratio)
    self.queue = queue
    self.random = random
  }

  package func startSpan<Instant: TracerInstant>(
    _ operationName: String,
    context: @autoclosure () -> InstrumentationContext,
    ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant,
    function: String,
    file fileID: String,
    line: UInt
  ) -> RecordedSpan {
    var context = context()
    let parent = context.spanIdentity
    let trace = parent?.trace ?? (high: random(), low: random())
    let identity = SpanIdentity(
      trace: trace,
      span: random(),
      isSampled: parent?.isSampled ?? sampler.keeps(traceEndingIn: trace.low),
      isRemote: false
    )
    context.spanIdentity = identity
    return RecordedSpan(
      FinishedSpan(
        identity: identity,
        parent: parent,
        name: operationName,
        kind: kind,
        start: instant().nanosecondsSinceEpoch
      ),
      context: context,
      queue: identity.isSampled ? queue : nil
    )
  }

  /// By `traceparent`; what is not to the letter one is ignored.
  package func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier,
    into context: inout InstrumentationContext,
    using extractor: Extract
  ) where Extract.Carrier == Carrier {
    guard let text = extractor.extract(key: "traceparent", from: carrier), let parent = TraceContext(text)
    else {
      return
    }
    context.spanIdentity = SpanIdentity(parent)
  }

  package func inject<Carrier, Inject: Injector>(
    _ context: InstrumentationContext,
    into carrier: inout Carrier,
    using injector: Inject
  ) where Inject.Carrier == Carrier {
    guard let identity = context.spanIdentity else { return }
    injector.inject(identity.traceparent, forKey: "traceparent", into: &carrier)
  }

  /// The exporter sends what there is by itself.
  package func forceFlush() {}
}
