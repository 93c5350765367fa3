import TesseraJOSE

/// What representations have shown of the audit log, read back.

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
