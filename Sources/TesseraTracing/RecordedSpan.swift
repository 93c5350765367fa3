import Synchronization
package import Tracing

/// A span until it has ended.
///
/// Events, links and the texts of errors are not kept: nobody here has any that could be told to others.
package final class RecordedSpan: Tracing.Span {
  package let context: InstrumentationContext
  private let content: Mutex<FinishedSpan>
  /// Where it goes; nil where it is not kept, and once it has ended.
  private let queue: Mutex<SpanQueue?>

  init(_ begun: FinishedSpan, context: InstrumentationContext, queue: SpanQueue?) {
    self.context = context
    content = Mutex(begun)
    self.queue = Mutex(queue)
  }

  package var operationName: String {
    get { content.withLock { $0.name } }
    set { content.withLock { $0.name = newValue } }
  }

  package var attributes: SpanAttributes {
    get { content.withLock { $0.attributes } }
    set { content.withLock { $0.attributes = newValue } }
  }

  package var isRecording: Bool { queue.withLock { $0 != nil } }

  package func setStatus(_ status: SpanStatus) {
    content.withLock { $0.isError = status.code == .error }
  }

  package func addEvent(_ event: SpanEvent) {}

  package func addLink(_ link: SpanLink) {}

  package func recordError<Instant: TracerInstant>(
    _ error: any Error,
    attributes: SpanAttributes,
    at instant: @autoclosure () -> Instant
  ) {
    content.withLock { $0.isError = true }
  }

  /// Once; again it does nothing.
  package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    guard let queue = queue.withLock({ $0.take() }) else { return }
    let end = instant().nanosecondsSinceEpoch
    queue.add(
      content.withLock { content in
        content.end = end
        return content
      }
    )
  }
}

/// What is told of a span.
struct FinishedSpan: Sendable {
  let identity: SpanIdentity
  let parent: SpanIdentity?
  var name: String
  let kind: SpanKind
  /// In nanoseconds since 1970, as the end is.
  let start: UInt64
  var end: UInt64 = 0
  var attributes: SpanAttributes = [:]
  var isError = false

  init(identity: SpanIdentity, parent: SpanIdentity?, name: String, kind: SpanKind, start: UInt64) {
    self.identity = identity
    self.parent = parent
    self.name = name
    self.kind = kind
    self.start = start
  }
}
