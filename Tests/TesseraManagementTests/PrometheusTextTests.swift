import TesseraCore
import Testing

@testable import TesseraManagement

@Suite struct PrometheusTextTests {
  @Test func valuesAndLabelsAreWritten() {
    let metric = Metric(
      "tessera_things_total",
      .counter,
      "Things.",
      [Metric.Sample(3), Metric.Sample(0.5, [("kind", "a\"b\\c\nd"), ("other", "x")])]
    )
    #expect(
      PrometheusText([metric]).text == """
        # HELP tessera_things_total Things.
        # TYPE tessera_things_total counter
        tessera_things_total 3
        tessera_things_total{kind="a\\"b\\\\c\\nd",other="x"} 0.5

        """
    )
  }

  @Test func aHistogramIsCumulative() throws {
    var durations = DurationHistogram()
    for microseconds in [10, 50, 51, 99_999, 20_000_000] as [Int64] {
      durations.add(microseconds: microseconds)
    }
    let lines = PrometheusText([
      Metric("d_seconds", .histogram, "Durations.", [Metric.Sample(durations, [("operation", "read")])])
    ]).text.split(separator: "\n")
    #expect(lines.count == 2 + DurationHistogram.bounds.count + 3)
    #expect(lines.contains(#"d_seconds_bucket{operation="read",le="5e-05"} 2"#))
    #expect(lines.contains(#"d_seconds_bucket{operation="read",le="0.0001"} 3"#))
    #expect(lines.contains(#"d_seconds_bucket{operation="read",le="0.1"} 4"#))
    #expect(lines.contains(#"d_seconds_bucket{operation="read",le="10"} 4"#))
    #expect(lines.contains(#"d_seconds_bucket{operation="read",le="+Inf"} 5"#))
    #expect(lines.contains(#"d_seconds_count{operation="read"} 5"#))
    #expect(lines.contains(#"d_seconds_sum{operation="read"} 20.10011"#))
  }
}
