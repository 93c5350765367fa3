/// Which traces are kept that begin here.
struct SpanSampler: Sendable {
  /// Those of which the last 56 bits are below this, as most services decide it.
  private let threshold: UInt64

  /// `ratio` is from 0 for none to 1 for all.
  init(ratio: Double) {
    threshold = UInt64((ratio * 0x1p56).rounded())
  }

  func keeps(traceEndingIn low: UInt64) -> Bool { low & 0xFF_FFFF_FFFF_FFFF < threshold }
}
