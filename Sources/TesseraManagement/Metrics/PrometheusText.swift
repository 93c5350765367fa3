import TesseraCore

/// Metrics in the text format of Prometheus (version 0.0.4).
struct PrometheusText {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  init(_ metrics: [Metric]) {
    for metric in metrics {
      text += "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(metric.kind.rawValue)\n"
      for sample in metric.samples { append(sample, of: metric.name) }
    }
  }

  private mutating func append(_ sample: Metric.Sample, of name: String) {
    switch sample.value {
    case .number(let number): append(name, sample.labels, number)
    case .durations(let durations):
      var count = 0
      for (bound, more) in zip(DurationHistogram.bounds, durations.counts) {
        count += more
        let limit = PrometheusText.number(Double(bound) / 1_000_000)
        append(name + "_bucket", sample.labels + [("le", limit)], Double(count))
      }
      append(name + "_bucket", sample.labels + [("le", "+Inf")], Double(durations.count))
      append(name + "_sum", sample.labels, Double(durations.sum) / 1_000_000)
      append(name + "_count", sample.labels, Double(durations.count))
    }
  }

  private mutating func append(_ name: String, _ labels: [(name: String, value: String)], _ value: Double) {
    text += name
    if !labels.isEmpty {
      text +=
        "{" + labels.map { "\($0.name)=\"\(PrometheusText.escaped($0.value))\"" }.joined(separator: ",") + "}"
    }
    text += " \(PrometheusText.number(value))\n"
  }

  private static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  /// A whole number without a fraction, as people write it.
  private static func number(_ value: Double) -> String {
    Int64(exactly: value).map { String($0) } ?? String(value)
  }
}
