import TesseraJOSE

/// What representations have shown of the audit log and of decisions, read back.

extension AuditRecord {
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    var differences: [String: AuditDifference] = [:]
    for (name, difference) in try shown.objects("differences") {
      differences[name] = AuditDifference(
        before: try difference.optionalText("before"),
        after: try difference.optionalText("after")
      )
    }
    self.init(
      number: Int64(try shown.integer("number")),
      event: AuditEvent(
        time: try shown.time("time"),
        actor: try shown.text("actor"),
        address: try shown.optionalText("address"),
        action: try shown.value("action") { AuditEvent.Action(rawValue: $0) },
        subject: try shown.text("subject"),
        details: try shown.map("details")
      ),
      differences: differences,
      chain: try shown.value("chain") { AuditChain(rawValue: $0) },
      hash: try shown.value("hash") { [UInt8](hexadecimal: $0) }
    )
  }
}

extension AuditVerification {
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    self.init()
    problems = try shown.values("problems") { $0 }
    unprotectedCount = try shown.integer("unprotected_records")
    checkpoint = try shown.optional("checkpoint") { AuditMark(checkpoint: $0) }
    checkpointTime = try shown.optionalTime("checkpoint_time")
    for chain in try shown.elements("chains") {
      var numbers: ClosedRange<Int64>?
      if let first = try chain.optionalInteger("first"), let last = try chain.optionalInteger("last"),
        first <= last
      {
        numbers = Int64(first)...Int64(last)
      }
      chains.append(
        Chain(
          chain: try chain.value("chain") { AuditChain(rawValue: $0) },
          count: try chain.integer("records"),
          numbers: numbers,
          countSinceCheckpoint: try chain.integer("records_since_checkpoint")
        )
      )
    }
  }
}

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
