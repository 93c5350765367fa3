package import TesseraCore

/// A metric as Prometheus has it: a name, and a value for each combination of labels.
package struct Metric: Sendable {
  package enum Kind: String, Sendable {
    case counter
    case gauge
    case histogram
  }

  /// A value with its labels.
  package struct Sample: Sendable {
    package enum Value: Sendable {
      case number(Double)
      case durations(DurationHistogram)
    }

    package let labels: [(name: String, value: String)]
    package let value: Value

    package init(_ value: Double, _ labels: [(name: String, value: String)] = []) {
      self.labels = labels
      self.value = .number(value)
    }

    package init(_ value: DurationHistogram, _ labels: [(name: String, value: String)] = []) {
      self.labels = labels
      self.value = .durations(value)
    }
  }

  package let name: String
  package let kind: Kind
  /// What it says, in a sentence.
  package let help: String
  package let samples: [Sample]

  package init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
    self.name = name
    self.kind = kind
    self.help = help
    self.samples = samples
  }
}

/// A part of what a node tells about itself.
package protocol MetricSource: Sendable {
  /// What there is to tell now; quick, and without the store.
  func metrics() async -> [Metric]
}
