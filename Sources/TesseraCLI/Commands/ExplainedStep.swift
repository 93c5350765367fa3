import TesseraCore
import TesseraJOSE

/// A step of an explanation, as people see it.
struct ExplainedStep {
  let subject: String
  let outcome: Explanation.Step.Outcome
  let finding: String
  let remedy: String?

  var isRefused: Bool { outcome == .refused }

  fileprivate var mark: String {
    switch outcome {
    case .passed: "ok"
    case .refused: "NO"
    case .depends: "?"
    }
  }
}

extension ExplainedStep {
  /// Nil for what is no step.
  init?(_ json: JSON) {
    guard let members = json.members, let subject = members["step"]?.text,
      let outcome = members["outcome"]?.text.flatMap(Explanation.Step.Outcome.init),
      let finding = members["finding"]?.text
    else { return nil }
    self.init(subject: subject, outcome: outcome, finding: finding, remedy: members["remedy"]?.text)
  }
}

extension [ExplainedStep] {
  var table: String {
    var table = TextTable("", "STEP", "FINDING")
    return table.lines(of: map { [$0.mark, $0.subject, $0.finding] })
  }

  /// What would change the first that refuses, in a line of its own.
  var remedyLine: String {
    first(where: \.isRefused)?.remedy.map { "\nTo change it: \($0.printable)" } ?? ""
  }
}
