package import TesseraJOSE
package import TesseraSupport

/// The audit log as a whole: it is signed, checked, and shortened where it is too old.
package struct AuditLog: Sendable {
  /// How many records are read at once.
  private static let pageSize = 1000
  /// How many places where the log does not hold are told.
  private static let maximumProblems = 20

  private let store: any Store
  private let masterKeys: MasterKeys
  private let clock: WallClock

  package init(store: any Store, masterKeys: MasterKeys, clock: WallClock = .system) {
    self.store = store
    self.masterKeys = masterKeys
    self.clock = clock
  }

  /// The key that verifies what is signed.
  package var publicKey: [UInt8] { AuditSigner(masterKey: masterKeys.current).publicKey }

  /// The master key of the store as it is now.
  private func masterKey() async throws(AuditLogError) -> MasterKey {
    let state = try await asking { () throws(StoreError) in try await store.serverState() }
    guard let state else { return masterKeys.current }
    guard let key = masterKeys.key(of: state) else { throw .masterKeyIsMissing }
    return key
  }

  // MARK: Signing

  /// Signs how far the log goes, after what came since the last time was checked; nil when nothing did.
  ///
  /// Throws `altered`, and signs nothing, where what is there is not what was signed or does not follow from it.
  @discardableResult
  package func sign() async throws(AuditLogError) -> AuditMark? {
    let masterKey = try await masterKey()
    let signer = AuditSigner(masterKey: masterKey)
    let marks = try await marks()
    let signed = try marks.checkpoint.map { mark throws(AuditLogError) in
      guard let statement = signer.statement(.checkpoint, of: mark) else { throw .altered(.checkpoint) }
      return statement.heads
    }
    var heads = signed ?? [:]
    for chain in AuditChain.protecting {
      let anchor = try marks.anchor(of: chain, signer)
      heads[chain] = try await head(of: chain, signed: signed?[chain], anchor: anchor)
    }
    guard !heads.isEmpty, heads != signed else { return nil }
    let mark = signer.mark(
      AuditStatement(.checkpoint, at: clock.now, heads),
      named: AuditMark.checkpointName
    )
    try await asking { () throws(StoreError) in
      try await store.setAuditMark(mark, ifMasterKey: masterKey.checkValues)
    }
    return mark
  }

  /// How far a chain goes.
  private func head(
    of chain: AuditChain,
    signed: AuditHead?,
    anchor: AuditHead?
  ) async throws(AuditLogError) -> AuditHead? {
    var check = AuditChainCheck(after: anchor)
    if let signed, signed.number > anchor?.number ?? .min {
      let found = try await records(of: chain, after: signed.number - 1, limit: 1).first
      guard found?.head == signed else { throw .altered(.missing(signed.number)) }
      check = AuditChainCheck(after: signed)
    }
    while true {
      let page = try await records(of: chain, after: check.head?.number ?? .min, limit: AuditLog.pageSize)
      for record in page {
        if let found = check.take(record) { throw .altered(.breaks(found)) }
      }
      if page.count < AuditLog.pageSize { return check.head }
    }
  }

  // MARK: Checking

  /// Checks every record. `known` are checkpoints that were kept elsewhere, which the log has to hold too; they may be
  /// signed under a master key that the log says was changed.
  package func verify(against known: [AuditMark] = []) async throws(AuditLogError) -> AuditVerification {
    while true {
      let marks = try await marks()
      let signer = AuditSigner(masterKey: try await masterKey())
      let verification = try await verify(marks, against: known, signer)
      // What was signed or removed meanwhile does not agree with what was read before.
      guard !verification.problems.isEmpty, try await self.marks() != marks else { return verification }
    }
  }

  private func verify(
    _ marks: Marks,
    against known: [AuditMark],
    _ signer: AuditSigner
  ) async throws(AuditLogError) -> AuditVerification {
    var result = AuditVerification()
    var checkpoints: [AuditStatement] = []
    if let mark = marks.checkpoint, let statement = signer.statement(.checkpoint, of: mark) {
      checkpoints.append(statement)
      result.checkpoint = mark
      result.checkpointTime = statement.time
    } else if marks.checkpoint != nil {
      result.problems.append(AuditLogError.Finding.checkpoint.description)
    }
    checkpoints += known.compactMap { AuditStatement($0.statement) }
    var keys = [signer.publicKey]
    for chain in AuditChain.protecting {
      let anchor = result.noting { () throws(AuditLogError) in try marks.anchor(of: chain, signer) }
      let earlier = try await check(
        chain,
        after: anchor ?? nil,
        checkpoints,
        signed: result.checkpoint.flatMap { AuditStatement($0.statement) }?.heads[chain]?.number ?? .min,
        &result
      )
      keys += earlier
    }
    for mark in known where !keys.contains(where: { AuditSigner.isSigned(mark, by: $0) }) {
      result.problems.append("the checkpoint that was given is not signed by a master key of this log")
    }
    try await countUnprotected(marks, signer, &result)
    let isEmpty = result.chains.allSatisfy { $0.count == 0 }
    if !isEmpty, marks.checkpoint == nil {
      result.problems.append(
        "there is no checkpoint: it was removed, or nothing has signed the log since it began"
      )
    }
    if isEmpty, result.unprotectedCount == 0 {
      result.problems.append("there are no records, though the newest always stays")
    }
    return result
  }

  /// Checks a chain, and returns the keys that signed before the master key was changed.
  private func check(
    _ chain: AuditChain,
    after anchor: AuditHead?,
    _ checkpoints: [AuditStatement],
    signed: Int64,
    _ result: inout AuditVerification
  ) async throws(AuditLogError) -> [[UInt8]] {
    var earlierKeys: [[UInt8]] = []
    var wanted = checkpoints.compactMap { $0.heads[chain] }.filter { $0.number > anchor?.number ?? .min }
    var check = AuditChainCheck(after: anchor)
    var sinceCheckpoint = 0
    while true {
      let page = try await records(of: chain, after: check.head?.number ?? .min, limit: AuditLog.pageSize)
      for record in page {
        if let found = check.take(record), result.problems.count < AuditLog.maximumProblems {
          result.problems.append(AuditLogError.Finding.breaks(found).description)
        }
        wanted.removeAll { $0 == record.head }
        if record.number > signed { sinceCheckpoint += 1 }
        if let key = record.differences[Mutation.auditKey]?.before.flatMap({ [UInt8](hexadecimal: $0) }) {
          earlierKeys.append(key)
        }
      }
      if page.count < AuditLog.pageSize { break }
    }
    for head in wanted {
      result.problems.append(AuditLogError.Finding.missing(head.number).description)
    }
    result.chains.append(
      AuditVerification.Chain(
        chain: chain,
        count: check.count,
        numbers: check.first.flatMap { first in check.head.map { first...max(first, $0.number) } },
        countSinceCheckpoint: sinceCheckpoint
      )
    )
    return earlierKeys
  }

  /// Records in no chain are older than any that is in one.
  private func countUnprotected(
    _ marks: Marks,
    _ signer: AuditSigner,
    _ result: inout AuditVerification
  ) async throws(AuditLogError) {
    var starts = result.chains.compactMap(\.numbers?.lowerBound)
    for chain in AuditChain.protecting {
      if let anchor = try? marks.anchor(of: chain, signer) { starts.append(anchor.number) }
    }
    let start = starts.min() ?? .max
    var last = Int64.min
    while true {
      let page = try await records(of: AuditChain.none, after: last, limit: AuditLog.pageSize)
      for record in page where record.number > start && result.problems.count < AuditLog.maximumProblems {
        result.problems.append(AuditLogError.Finding.unchained(record.number).description)
      }
      result.unprotectedCount += page.count
      guard page.count == AuditLog.pageSize, let end = page.last else { return }
      last = end.number
    }
  }

  // MARK: Shortening

  /// Removes at most this many records from the beginning of a chain, those from before this time, and returns how many
  /// they were. The newest record of all always stays.
  ///
  /// A record with a time that is still to come was written by a clock that was ahead: it goes with the next that is
  /// old enough.
  @discardableResult
  package func shorten(
    _ chain: AuditChain,
    madeBefore time: Timestamp,
    at now: Timestamp,
    limit: Int
  ) async throws(StoreError) -> Int {
    let state = try await store.serverState()
    guard let masterKey = state.map(masterKeys.key) ?? masterKeys.current else {
      throw .conflict(Administration.masterKeyIsMissing)
    }
    let page = try await store.auditRecords(of: chain, after: .min, limit: max(0, limit))
    let newest = try await store.auditRecords(before: nil, subject: nil, limit: 1).first?.number
    let start = page.prefix { ($0.event.time < time || $0.event.time > now) && $0.number != newest }
    guard let last = start.last(where: { $0.event.time < time }) else { return 0 }
    let anchor =
      chain == .none
      ? nil
      : AuditSigner(masterKey: masterKey).mark(
        AuditStatement(.anchor, at: now, [chain: last.head]),
        named: AuditMark.anchorName(of: chain)
      )
    return try await store.removeAuditRecords(
      of: chain,
      through: last.number,
      leaving: anchor,
      ifMasterKey: masterKey.checkValues
    )
  }

  // MARK: Reading

  /// All records after the one with this number, some at a time, and at the end what is signed.
  package func export(
    after number: Int64,
    _ body: ([AuditRecord]) async throws -> Void
  ) async throws -> [AuditMark] {
    var last = number
    while true {
      let page = try await records(of: nil, after: last, limit: AuditLog.pageSize)
      try await body(page)
      guard page.count == AuditLog.pageSize, let end = page.last else { break }
      last = end.number
    }
    return try await marks().all
  }

  private func records(
    of chain: AuditChain?,
    after number: Int64,
    limit: Int
  ) async throws(AuditLogError) -> [AuditRecord] {
    try await asking { () throws(StoreError) in
      try await store.auditRecords(of: chain, after: number, limit: limit)
    }
  }

  private func marks() async throws(AuditLogError) -> Marks {
    Marks(all: try await asking { () throws(StoreError) in try await store.auditMarks() })
  }

  private func asking<Answer>(
    _ question: () async throws(StoreError) -> Answer
  ) async throws(AuditLogError) -> Answer {
    do throws(StoreError) { return try await question() } catch { throw .store(error) }
  }
}

/// What is signed.
private struct Marks: Equatable {
  let all: [AuditMark]

  var checkpoint: AuditMark? { all.first { $0.name == AuditMark.checkpointName } }

  /// After what a chain begins; nil when it begins at its start.
  func anchor(of chain: AuditChain, _ signer: AuditSigner) throws(AuditLogError) -> AuditHead? {
    guard let mark = all.first(where: { $0.name == AuditMark.anchorName(of: chain) }) else { return nil }
    guard let head = signer.statement(.anchor, of: mark)?.heads[chain] else { throw .altered(.anchor(chain)) }
    return head
  }
}
