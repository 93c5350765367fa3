import Synchronization
package import TesseraCore
package import Tracing

/// How long the calls of a store took, by operation.
///
/// Under a lock, since whoever asks the store waits for far longer.
package final class StoreTimes: Sendable {
  private let durations = Mutex<[String: DurationHistogram]>([:])

  private let tracer: (any Tracer)?

  /// With `tracer`, what a request waits for is a span within that of the request.
  package init(tracer: (any Tracer)? = nil) {
    self.tracer = tracer
  }

  /// By operation, in the order of their names.
  package var all: [(operation: String, durations: DurationHistogram)] {
    durations.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Times a call of this operation.
  func time<Value>(
    _ operation: StaticString,
    _ call: () async throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let start = ContinuousClock.now
    defer {
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
      durations.withLock {
        $0[operation.description, default: DurationHistogram()].add(microseconds: microseconds)
      }
    }
    guard let tracer, InstrumentationContext.current != nil else { return try await call() }
    let span = tracer.startSpan("store \(operation)", ofKind: .client)
    span.attributes = ["db.operation.name": .string(operation.description)]
    defer { span.end() }
    do throws(StoreError) {
      return try await call()
    } catch {
      span.setStatus(SpanStatus(code: .error))
      throw error
    }
  }
}
