import TesseraJOSE

/// What a representation has shown of a decision, read back.
extension Explanation {
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    let answer: Answer =
      if try shown.boolean("granted") {
        .granted(
          scopes: try shown.values("scopes") { Scope($0) },
          audiences: try shown.values("audiences") { Resource(stored: $0) },
          lifetime: try shown.integer("token_lifetime")
        )
      } else {
        .refused(
          status: try shown.integer("status"),
          code: try shown.text("error"),
          text: try shown.text("error_description")
        )
      }
    var steps: [Step] = []
    for step in try shown.elements("steps") {
      steps.append(
        Step(
          subject: try step.value("step") { Step.Subject(rawValue: $0) },
          outcome: try step.value("outcome") { Step.Outcome(rawValue: $0) },
          finding: try step.text("finding"),
          remedy: try step.optionalText("remedy")
        )
      )
    }
    self.init(
      client: (id: try shown.text("client_id"), name: try shown.optionalText("name")),
      steps: steps,
      answer: answer
    )
  }
}
