import TesseraCore
import TesseraJOSE
import Testing

/// How audit records hang together.
extension StoreConformance {
  static let auditChainRules = [
    StoreRule("Each audit record follows the one before it in its chain", recordsAreChained),
    StoreRule("What a mutation made different is recorded, and no secret", differencesAreRecorded),
    StoreRule("Audit records of a chain come oldest first, limited and paged by number", chainsArePaged),
    StoreRule("Of each mark there is the latest", marksAreReplaced),
    StoreRule("The audit log is signed, goes on, and is found to be whole", logIsWhole),
    StoreRule(
      "A chain that is shortened begins after its anchor, also when nothing is left",
      chainIsShortened
    ),
    StoreRule("What is refused leaves no gap in the chain", refusalLeavesNoGap),
    StoreRule("With the master key, what signs the log changes, and none that was is lost", signerChanges),
    StoreRule("Records of two processes are one chain", ofTwo: twoProcessesAreOneChain),
  ]

  private static func addScopes(_ store: any Store, _ actions: [AuditEvent.Action]) async throws {
    let count = try await store.scopes().count
    for (index, action) in actions.enumerated() {
      let event = Sample.event(action, at: Sample.time.advanced(bySeconds: Int64(count + index)))
      try await store.insertScope(try Sample.definition("scope-\(count + index)"), audit: event)
    }
  }

  private static func recordsAreChained(_ store: any Store) async throws {
    try await addScopes(store, [.scopeCreated, .tokenRevoked, .scopeCreated, .tokenRevoked, .keyRotated])
    let records = try await store.auditRecords(of: nil, after: 0, limit: 9)
    #expect(records.reversed() == (try await store.auditRecords(before: nil, subject: nil, limit: 9)))
    for (chain, count) in [(AuditChain.administration, 3), (.revocations, 2), (.none, 0)] {
      let records = records.filter { $0.chain == chain }
      #expect(records.count == count)
      for (earlier, record) in zip([AuditChain.start] + records.map(\.hash), records) {
        #expect(record.follows(earlier))
        #expect(!record.follows([UInt8](repeating: 1, count: 32)))
      }
    }
  }

  private static func differencesAreRecorded(_ store: any Store) async throws {
    let client = try Sample.client("a", secrets: [try Sample.secret("one", 77)])
    try await store.insertClient(client, audit: Sample.event())
    try await store.updateClient(client.id, audit: Sample.event()) { client in
      client.name = "Bücher \"📚\""
      client.tokenLifetime = 60
    }
    try await store.updateClient(client.id, audit: Sample.event()) { client in client.tokenLifetime = nil }
    try await store.deleteClient(client.id, audit: Sample.event())
    let records = try await store.auditRecords(of: nil, after: 0, limit: 9)
    #expect(records[0].differences["name"] == AuditDifference(before: nil, after: "name of a"))
    #expect(records[0].differences["secrets"] == AuditDifference(before: nil, after: "[\"one\"]"))
    #expect(
      records[1].differences == [
        "name": AuditDifference(before: "name of a", after: "Bücher \"📚\""),
        "token_lifetime": AuditDifference(before: nil, after: "60"),
      ]
    )
    #expect(records[2].differences == ["token_lifetime": AuditDifference(before: "60", after: nil)])
    #expect(records[3].differences["name"]?.after == nil && records[3].differences["name"]?.before != nil)
  }

  private static func chainsArePaged(_ store: any Store) async throws {
    try await addScopes(store, [.scopeCreated, .tokenRevoked, .scopeCreated, .scopeCreated])
    let all = try await store.auditRecords(of: .administration, after: .min, limit: 9)
    #expect(all.map(\.event.action) == [.scopeCreated, .scopeCreated, .scopeCreated])
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.number < $1.number })
    #expect(try await store.auditRecords(of: .administration, after: .min, limit: 2) == Array(all[..<2]))
    #expect(
      try await store.auditRecords(of: .administration, after: all[0].number, limit: 9) == Array(all[1...])
    )
    #expect(try await store.auditRecords(of: .revocations, after: .min, limit: 9).count == 1)
    #expect(try await store.auditRecords(of: nil, after: .min, limit: 9).count == 4)
    #expect(try await store.auditRecords(of: nil, after: .min, limit: 0) == [])
    #expect(try await store.auditRecords(of: nil, after: .max, limit: 9) == [])
  }

  private static func marksAreReplaced(_ store: any Store) async throws {
    #expect(try await store.auditMarks() == [])
    let first = AuditMark(name: "b", statement: "one", signature: [0, 255])
    let second = AuditMark(name: "a", statement: "Ü", signature: [])
    for mark in [first, second] { try await store.setAuditMark(mark) }
    #expect(try await store.auditMarks() == [second, first])
    let third = AuditMark(name: "b", statement: "two", signature: [1])
    try await store.setAuditMark(third)
    #expect(try await store.auditMarks() == [second, third])
    #expect(try await store.auditRecords(before: nil, subject: nil, limit: 9) == [])
    #expect(try await store.latestChange() == 0)
  }

  private static func logIsWhole(_ store: any Store) async throws {
    let log = try Sample.auditLog(of: store)
    #expect(try await log.sign() == nil)
    #expect(try await !log.verify().problems.isEmpty, "nothing is there")
    try await addScopes(store, [.scopeCreated, .tokenRevoked, .scopeCreated])
    #expect(try await !log.verify().problems.isEmpty, "nothing is signed")
    let first = try #require(try await log.sign())
    #expect(try await log.sign() == nil)
    try await addScopes(store, [.tokenRevoked])
    let known = try await log.verify(against: [first])
    #expect(known.problems == [])
    #expect(known.chains.map(\.count) == [2, 2])
    #expect(known.chains.map(\.countSinceCheckpoint) == [0, 1])
    let second = try #require(try await log.sign())
    #expect(try await log.verify(against: [first, second]).chains.map(\.countSinceCheckpoint) == [0, 0])
    #expect(AuditMark(checkpoint: second.text) == second)
    let other = try Sample.auditLog(of: store, masterKey: 2)
    #expect(try await other.verify().problems.count == 1, "it is signed by another master key")
    await #expect(throws: AuditLogError.self) { try await other.sign() }
  }

  private static func chainIsShortened(_ store: any Store) async throws {
    let log = try Sample.auditLog(of: store)
    try await addScopes(store, [.tokenRevoked, .scopeCreated, .tokenRevoked, .tokenRevoked, .scopeCreated])
    try await log.sign()
    func shorten(_ chain: AuditChain, before seconds: Int64) async throws -> Int {
      let now = Sample.time.advanced(bySeconds: 100)
      return try await log.shorten(
        chain,
        madeBefore: Sample.time.advanced(bySeconds: seconds),
        at: now,
        limit: 9
      )
    }
    #expect(try await shorten(.revocations, before: 0) == 0)
    #expect(try await store.auditMarks().count == 1)
    #expect(try await shorten(.revocations, before: 1) == 1)
    #expect(try await log.verify().problems == [])
    #expect(try await shorten(.revocations, before: 100) == 2)
    #expect(try await shorten(.revocations, before: 100) == 0)
    #expect(try await log.verify().problems == [])
    // The next goes on from those that are gone.
    try await addScopes(store, [.tokenRevoked])
    #expect(try await log.verify().problems == [])
    try await log.sign()
    #expect(try await shorten(.administration, before: 100) == 2)
    #expect(try await shorten(.revocations, before: 100) == 0, "the newest stays")
    #expect(try await log.verify().problems == [])
  }

  private static func signerChanges(_ store: any Store) async throws {
    let (old, new) = (try Sample.masterKey(1), try Sample.masterKey(2))
    let administration = Administration(store: store, masterKey: old, actor: "test")
    try await administration.initialise()
    let log = try Sample.auditLog(of: store)
    try await addScopes(store, [.tokenRevoked, .tokenRevoked])
    let kept = try #require(try await log.sign())
    try await log.shorten(.revocations, madeBefore: .distantFuture, at: .distantFuture, limit: 1)
    #expect(try await store.auditMarks().count == 2)
    _ = try await administration.changeMasterKey(to: new)

    let next = try Sample.auditLog(of: store, masterKey: 2)
    let changed = try await next.verify(against: [kept])
    #expect(changed.problems == [])
    #expect(changed.chains.map(\.countSinceCheckpoint) == [1, 0])
    #expect(try await next.sign() != nil)
    #expect(try await next.verify(against: [kept]).problems == [])
    // Who has the old key only neither signs nor takes the log for altered.
    await #expect(throws: AuditLogError.masterKeyIsMissing) { try await log.sign() }
    await #expect(throws: AuditLogError.masterKeyIsMissing) { try await log.verify() }
    let marks = try await store.auditMarks()
    let late = AuditMark(name: AuditMark.checkpointName, statement: "late", signature: [])
    #expect(
      try await failure { try await store.setAuditMark(late, ifMasterKey: old.checkValues) } == .conflict
    )
    #expect(try await store.auditMarks() == marks)
    let foreign = AuditSigner(masterKey: try Sample.masterKey(3)).mark(
      try #require(AuditStatement(kept.statement)),
      named: AuditMark.checkpointName
    )
    #expect(try await next.verify(against: [foreign]).problems.count == 1)
  }

  private static func refusalLeavesNoGap(_ store: any Store) async throws {
    try await addScopes(store, [.scopeCreated])
    let taken = try Sample.definition("scope-0")
    #expect(try await failure { try await store.insertScope(taken, audit: Sample.event()) } == .conflict)
    try await addScopes(store, [.scopeCreated])
    let log = try Sample.auditLog(of: store)
    try await log.sign()
    #expect(try await log.verify().problems == [])
    #expect(try await log.verify().chains[0].count == 2)
  }

  private static func twoProcessesAreOneChain(_ first: any Store, _ second: any Store) async throws {
    _ = try await concurrently(20) { index in
      let store = index.isMultiple(of: 2) ? first : second
      let action: AuditEvent.Action = index % 4 < 2 ? .scopeCreated : .tokenRevoked
      try await store.insertScope(try Sample.definition("scope-\(index)"), audit: Sample.event(action))
    }
    let log = try Sample.auditLog(of: first)
    try await log.sign()
    let result = try await log.verify()
    #expect(result.problems == [])
    #expect(result.chains.map(\.count) == [10, 10])
  }
}
