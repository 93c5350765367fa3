import TesseraJOSE

/// Checks an audit log that was exported, by nothing but its lines: for auditors who have no access to the store.
///
/// It is told of the marks first, since where a chain begins stands at the end of an export.
package struct AuditExportCheck: Sendable {
  /// How many places where the log does not hold are told.
  private static let maximumProblems = 20

  /// What is signed, in the order of the lines.
  private let marks: [AuditMark]
  /// The key by which the last checkpoint has to be signed.
  private let key: [UInt8]
  /// Anchors and checkpoints that were kept may also be signed by a key that the log says was changed.
  private var keys: [[UInt8]]
  private var result = AuditVerification()
  private var checks: [AuditChain: AuditChainCheck] = [:]
  private var wanted: [AuditChain: [AuditHead]] = [:]
  private var counts: [AuditChain: Int] = [:]
  private var last = Int64.min

  /// `known` are checkpoints that were kept elsewhere, which the log has to hold too.
  package init(_ marks: [AuditMark], key: [UInt8], known: [AuditMark] = []) {
    self.marks = marks + known
    self.key = key
    keys = [key]
    if let mark = marks.last(where: { $0.name == AuditMark.checkpointName }) {
      let statement = AuditStatement(mark.statement)
      if AuditSigner.isSigned(mark, by: key), statement?.kind == .checkpoint {
        (result.checkpoint, result.checkpointTime) = (mark, statement?.time)
      } else {
        result.problems.append("the checkpoint is not signed by the key \(key.hexadecimal), or was altered")
      }
    } else {
      result.problems.append("there is no checkpoint: it was removed, or nothing has signed the log")
    }
    for statement in self.marks.compactMap({ AuditStatement($0.statement) })
    where statement.kind == .checkpoint {
      for (chain, head) in statement.heads { wanted[chain, default: []].append(head) }
    }
  }

  /// Takes a line, which is the one with this number in its file.
  package mutating func take(_ line: [UInt8], number: Int) {
    guard let json = JSON(line), let members = json.members, let shown = try? ShownJSON(json) else {
      return note("line \(number) is no line of an audit log")
    }
    if ExportedAuditMark(line) != nil { return }
    guard let record = try? AuditRecord(shown) else {
      return note("line \(number) is no record of an audit log")
    }
    let written = JSON(AuditRepresentation(record).json.text().utf8)?.members ?? [:]
    guard members.allSatisfy({ written[$0.key] == $0.value }) else {
      return note("line \(number) has something that no record has: it was altered")
    }
    take(record)
  }

  private mutating func take(_ record: AuditRecord) {
    if record.number <= last {
      note("record \(record.number) comes after record \(last): lines were inserted or moved")
    }
    last = record.number
    let anchors = anchors
    guard record.chain != .none else {
      result.unprotectedCount += 1
      if !checks.isEmpty || anchors.contains(where: { $0.head.number < record.number }) {
        note(AuditLogError.Finding.unchained(record.number).description)
      }
      return
    }
    var check = checks[record.chain] ?? begin(record, anchors.filter { $0.chain == record.chain }.map(\.head))
    if let found = check.take(record) { note(AuditLogError.Finding.breaks(found).description) }
    checks[record.chain] = check
    wanted[record.chain]?.removeAll { $0 == record.head }
    let signed = result.checkpoint.flatMap { AuditStatement($0.statement) }?.heads[record.chain]?.number
    if record.number > signed ?? .min { counts[record.chain, default: 0] += 1 }
    if let earlier = record.differences[Mutation.auditKey]?.before.flatMap({ [UInt8](hexadecimal: $0) }) {
      keys.append(earlier)
    }
  }

  /// The chain begins after the last record that was removed before this one, because of its age.
  private mutating func begin(_ record: AuditRecord, _ anchors: [AuditHead]) -> AuditChainCheck {
    let before = anchors.filter { $0.number < record.number }.max { $0.number < $1.number }
    wanted[record.chain, default: []] += anchors.filter { $0.number >= record.number }
    wanted[record.chain]?.removeAll { $0.number <= before?.number ?? .min }
    return AuditChainCheck(after: before)
  }

  private var anchors: [(chain: AuditChain, head: AuditHead)] {
    marks.compactMap { AuditStatement($0.statement) }.filter { $0.kind == .anchor }
      .flatMap { statement in statement.heads.map { (chain: $0.key, head: $0.value) } }
  }

  private mutating func note(_ problem: String) {
    if result.problems.count < AuditExportCheck.maximumProblems { result.problems.append(problem) }
  }

  /// What was found in all lines.
  package func verification() -> AuditVerification {
    var copy = self
    for mark in marks where !keys.contains(where: { AuditSigner.isSigned(mark, by: $0) }) {
      guard mark.name != AuditMark.checkpointName || mark != marks.last(where: { $0.name == mark.name })
      else {
        continue
      }
      copy.note("a checkpoint or the beginning of a chain is not signed by a key of this log, or was altered")
    }
    for chain in AuditChain.protecting {
      for head in wanted[chain] ?? [] where !isRemoved(head, of: chain) {
        copy.note(AuditLogError.Finding.missing(head.number).description)
      }
      copy.result.chains.append(
        AuditVerification.Chain(
          chain: chain,
          count: checks[chain]?.count ?? 0,
          numbers: checks[chain].flatMap { check in
            check.first.flatMap { first in check.head.map { first...max(first, $0.number) } }
          },
          countSinceCheckpoint: counts[chain] ?? 0
        )
      )
    }
    if checks.isEmpty, result.unprotectedCount == 0 {
      copy.note("there are no records, though the newest always stays")
    }
    return copy.result
  }

  /// Whether a record was removed because of its age, as an anchor of a chain without any record says.
  private func isRemoved(_ head: AuditHead, of chain: AuditChain) -> Bool {
    checks[chain] == nil && anchors.contains { $0.chain == chain && $0.head.number >= head.number }
  }
}

/// A line of an export that says what is signed, with the key that verifies it.
package struct ExportedAuditMark: Sendable {
  package let mark: AuditMark
  /// Nil where the export is one of a version that did not tell it.
  package let publicKey: [UInt8]?

  /// Nil for any other line.
  package init?(_ line: [UInt8]) {
    guard let members = JSON(line)?.members, let name = members["mark"]?.text, AuditMark.names.contains(name),
      let statement = members["statement"]?.text, AuditStatement(statement) != nil,
      let signature = members["signature"]?.text.flatMap({ [UInt8](hexadecimal: $0) }),
      members.keys.allSatisfy({ ["mark", "statement", "signature", "public_key"].contains($0) })
    else { return nil }
    mark = AuditMark(name: name, statement: statement, signature: signature)
    publicKey = members["public_key"]?.text.flatMap { [UInt8](hexadecimal: $0) }
  }
}
