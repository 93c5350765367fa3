import Logging
import TesseraTracing

/// The tracing of a node: what makes its spans, and what sends them away.
struct NodeTracing {
  let tracer: SpanTracer
  let exporter: SpanExporter
  private let queue = SpanQueue()

  /// Nil unless a collector is configured.
  init?(_ configuration: ServerConfiguration.Tracing, logger: Logger) {
    guard !configuration.endpoint.isEmpty else { return nil }
    tracer = SpanTracer(keeping: configuration.sampleRatio, in: queue)
    exporter = SpanExporter(
      of: queue,
      to: configuration.endpoint,
      origin: SpanOrigin(version: Version.current, instance: ManagementService.nodeName),
      logger: logger
    )
  }

  /// How many spans the collector has taken, and how many were dropped.
  var counts: @Sendable () -> (exported: Int, dropped: Int) {
    { [queue] in queue.counts }
  }
}
