import TesseraJOSE

/// A record of the audit log.
package struct AuditRepresentation: Representation {
  private let record: AuditRecord

  package init(_ record: AuditRecord) {
    self.record = record
  }

  package var json: JSONValue {
    let event = record.event
    let details = event.details.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) }
    let differences = record.differences.sorted { $0.key < $1.key }.map { name, difference in
      JSONValue.Member(
        name,
        .object([
          .init("before", JSONValue(difference.before)), .init("after", JSONValue(difference.after)),
        ])
      )
    }
    return .object([
      .init("number", .integer(Int(record.number))), .init("time", JSONValue(event.time)),
      .init("actor", .string(event.actor)), .init("action", .string(event.action.rawValue)),
      .init("subject", .string(event.subject)), .init("details", .object(details)),
      .init("address", JSONValue(event.address)), .init("differences", .object(differences)),
      .init("chain", .string(record.chain.rawValue)), .init("hash", .string(record.hash.hexadecimal)),
    ])
  }
}

/// What is signed about the audit log.
package struct AuditMarkRepresentation: Representation {
  private let mark: AuditMark
  private let publicKey: [UInt8]

  /// `publicKey` verifies it.
  package init(_ mark: AuditMark, publicKey: [UInt8]) {
    self.mark = mark
    self.publicKey = publicKey
  }

  package var json: JSONValue {
    .object([
      .init("mark", .string(mark.name)), .init("statement", .string(mark.statement)),
      .init("signature", .string(mark.signature.hexadecimal)),
      .init("public_key", .string(publicKey.hexadecimal)),
    ])
  }
}

/// What was found when the audit log was checked.
package struct AuditVerificationRepresentation: Representation {
  private let verification: AuditVerification
  private let publicKey: [UInt8]

  /// `publicKey` verifies what is signed.
  package init(_ verification: AuditVerification, publicKey: [UInt8]) {
    self.verification = verification
    self.publicKey = publicKey
  }

  package var json: JSONValue {
    let chains = verification.chains.map { chain in
      JSONValue.object([
        .init("chain", .string(chain.chain.rawValue)), .init("records", .integer(chain.count)),
        .init("first", chain.numbers.map { .integer(Int($0.lowerBound)) } ?? .null),
        .init("last", chain.numbers.map { .integer(Int($0.upperBound)) } ?? .null),
        .init("records_since_checkpoint", .integer(chain.countSinceCheckpoint)),
      ])
    }
    return .object([
      .init("valid", .boolean(verification.problems.isEmpty)),
      .init("problems", JSONValue(verification.problems)), .init("chains", .array(chains)),
      .init("unprotected_records", .integer(verification.unprotectedCount)),
      .init("checkpoint", JSONValue(verification.checkpoint?.text)),
      .init("checkpoint_time", JSONValue(verification.checkpointTime)),
      .init("public_key", .string(publicKey.hexadecimal)),
    ])
  }
}
