import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let auditRules = [
    StoreRule("Every field of an audit event comes back as it was", auditEventComesBackWhole),
    StoreRule("Every action comes back as it was", everyActionComesBack),
    StoreRule("Audit records come newest first, with falling numbers", auditIsNewestFirst),
    StoreRule("Audit records are limited and paged by number", auditIsPaged),
    StoreRule("Audit records from before a time are removed, not those made at it", auditIsRemoved),
    StoreRule(
      "Audit records of one action are removed, a few at once, and never the newest",
      auditIsRemovedByAction
    ),
    StoreRule("Audit records of one subject leave out those of others", auditIsFilteredBySubject),
  ]

  /// Adds a scope for each subject, the event of which is about that subject.
  private static func record(_ subjects: String..., in store: any Store) async throws {
    for (index, subject) in subjects.enumerated() {
      try await store.insertScope(
        try Sample.definition("scope-\(index)"),
        audit: Sample.event(.scopeCreated, about: subject)
      )
    }
  }

  private static func auditEventComesBackWhole(_ store: any Store) async throws {
    #expect(try await store.auditRecords(before: nil, subject: nil, limit: 9) == [])
    let details = ["name": "Bücher \"📚\" \\ / \n\u{1}", "": "", "größe": "1", "o'k": "{}"]
    let events = [
      AuditEvent(
        time: Timestamp(milliseconds: -1),
        actor: "cli:älice'\"",
        address: "2001:db8::1",
        action: .clientSecretAdded,
        subject: "客户",
        details: details
      ),
      AuditEvent(
        time: Timestamp(milliseconds: .max),
        actor: "",
        action: .scopeCreated,
        subject: "",
        details: [:]
      ),
    ]
    for (index, event) in events.enumerated() {
      try await store.insertScope(try Sample.definition("scope-\(index)"), audit: event)
    }
    let records = try await store.auditRecords(before: nil, subject: nil, limit: 9)
    #expect(records.map(\.event) == events.reversed())
  }

  private static func everyActionComesBack(_ store: any Store) async throws {
    for action in AuditEvent.Action.allCases {
      try await store.insertScope(try Sample.definition(action.rawValue), audit: Sample.event(action))
    }
    let records = try await store.auditRecords(before: nil, subject: nil, limit: .max)
    #expect(records.map(\.event.action) == AuditEvent.Action.allCases.reversed())
  }

  private static func auditIsNewestFirst(_ store: any Store) async throws {
    try await record("a", "b", "c", in: store)
    let records = try await store.auditRecords(before: nil, subject: nil, limit: 9)
    #expect(records.map(\.event.subject) == ["c", "b", "a"])
    #expect(zip(records, records.dropFirst()).allSatisfy { $0.number > $1.number })
  }

  private static func auditIsPaged(_ store: any Store) async throws {
    try await record("a", "b", "c", in: store)
    let newest = try await store.auditRecords(before: nil, subject: nil, limit: 2)
    #expect(newest.map(\.event.subject) == ["c", "b"])
    let last = try #require(newest.last)
    let rest = try await store.auditRecords(before: last.number, subject: nil, limit: 2)
    #expect(rest.map(\.event.subject) == ["a"])
    #expect(try await store.auditRecords(before: rest.first?.number, subject: nil, limit: 2) == [])
    #expect(try await store.auditRecords(before: nil, subject: nil, limit: 0) == [])
  }

  private static func auditIsFilteredBySubject(_ store: any Store) async throws {
    try await record("a", "b", "a", "A", "a", in: store)
    let newest = try await store.auditRecords(before: nil, subject: "a", limit: 2)
    #expect(newest.map(\.event.subject) == ["a", "a"])
    let last = try #require(newest.last)
    let rest = try await store.auditRecords(before: last.number, subject: "a", limit: 9)
    #expect(rest.map(\.event.subject) == ["a"])
    #expect(try await store.auditRecords(before: nil, subject: "c", limit: 9) == [])
  }

  private static func shorten(
    _ store: any Store,
    _ chain: AuditChain,
    madeBefore time: Timestamp,
    limit: Int
  ) async throws -> Int {
    try await Sample.auditLog(of: store).shorten(chain, madeBefore: time, at: .distantFuture, limit: limit)
  }

  private static func auditIsRemoved(_ store: any Store) async throws {
    for (index, delta) in [-2, -1, 0, 1].enumerated() {
      try await store.insertScope(
        try Sample.definition("scope-\(index)"),
        audit: Sample.event(at: Sample.time.advanced(byMilliseconds: Int64(delta)))
      )
    }
    let before = try await StoreContents(of: store)
    #expect(try await shorten(store, .administration, madeBefore: Sample.time, limit: 9) == 2)
    let after = try await StoreContents(of: store)
    #expect(after.audit == Array(before.audit.prefix(2)))
    #expect(after.changes == before.changes && after.scopes == before.scopes)
    #expect(try await shorten(store, .administration, madeBefore: Sample.time, limit: 9) == 0)
  }

  private static func auditIsRemovedByAction(_ store: any Store) async throws {
    let actions: [AuditEvent.Action] = [
      .tokenRevoked, .scopeCreated, .tokenRevoked, .tokenRevoked, .tokenRevoked,
    ]
    for (index, action) in actions.enumerated() {
      try await store.insertScope(try Sample.definition("scope-\(index)"), audit: Sample.event(action))
    }
    let numbers = try await store.auditRecords(before: nil, subject: nil, limit: 9).map(\.number)
    let later = Sample.time.advanced(byMilliseconds: 1)
    func remove(_ limit: Int) async throws -> Int {
      try await shorten(store, .revocations, madeBefore: later, limit: limit)
    }
    #expect(try await remove(0) == 0)
    #expect(try await remove(2) == 2)
    #expect(try await remove(9) == 1, "the newest stays")
    let rest = try await store.auditRecords(before: nil, subject: nil, limit: 9)
    #expect(rest.map(\.event.action) == [.tokenRevoked, .scopeCreated])
    #expect(rest.first?.number == numbers.first, "and keeps its number")
    #expect(try await shorten(store, .administration, madeBefore: later, limit: 9) == 1)
    try await store.insertScope(try Sample.definition("another"), audit: Sample.event())
    #expect(try await store.auditRecords(before: nil, subject: nil, limit: 1)[0].number > numbers[0])
  }
}

extension StoreConformance {
  static let changeRules = [
    StoreRule("An empty store has no change", emptyStoreHasNoChange),
    StoreRule("Changes come in order, and the last is the latest", changesAreInOrder),
    StoreRule("Changes are limited and paged by sequence number", changesArePaged),
    StoreRule("Changes made before a time are removed, not those made at it", changesAreRemovedBeforeTime),
    StoreRule("No more changes are removed at once than asked for", changesAreRemovedInSteps),
    StoreRule("The newest change stays, and the next has a greater number", newestChangeStays),
  ]

  /// Adds a scope at each of these times, in milliseconds after the sample time.
  private static func change(_ store: any Store, at deltas: Int64...) async throws {
    let count = try await store.scopes().count
    for (index, delta) in deltas.enumerated() {
      let event = Sample.event(at: Sample.time.advanced(byMilliseconds: delta))
      try await store.insertScope(try Sample.definition("scope-\(count + index)"), audit: event)
    }
  }

  private static func emptyStoreHasNoChange(_ store: any Store) async throws {
    #expect(try await store.latestChange() == 0)
    #expect(try await store.changes(after: 0, limit: 9) == [])
    #expect(try await store.removeChanges(madeBefore: Timestamp(milliseconds: .max), limit: 9) == 0)
  }

  private static func changesAreInOrder(_ store: any Store) async throws {
    try await change(store, at: 0, 0, 0)
    let sequences = try await store.changes(after: 0, limit: 9).map(\.sequence)
    #expect(sequences.count == 3)
    #expect(zip([0] + sequences, sequences).allSatisfy { $0 < $1 })
    #expect(try await store.latestChange() == sequences.last)
  }

  private static func changesArePaged(_ store: any Store) async throws {
    try await change(store, at: 0, 0, 0, 0, 0)
    let all = try await store.changes(after: 0, limit: 9)
    let first = try await store.changes(after: 0, limit: 2)
    #expect(first == Array(all[..<2]))
    #expect(try await store.changes(after: first[1].sequence, limit: 2) == Array(all[2..<4]))
    #expect(try await store.changes(after: all[3].sequence, limit: 2) == Array(all[4...]))
    #expect(try await store.changes(after: all[4].sequence, limit: 2) == [])
    #expect(try await store.changes(after: 0, limit: 0) == [])
  }

  private static func changesAreRemovedBeforeTime(_ store: any Store) async throws {
    try await change(store, at: -1, 0, 1, 1)
    let all = try await store.changes(after: 0, limit: 9)
    let audit = try await StoreContents(of: store).audit
    #expect(try await store.removeChanges(madeBefore: Sample.time, limit: 9) == 1)
    #expect(try await store.changes(after: 0, limit: 9) == Array(all[1...]))
    #expect(try await store.removeChanges(madeBefore: Sample.time, limit: 9) == 0)
    #expect(try await StoreContents(of: store).audit == audit)
  }

  private static func changesAreRemovedInSteps(_ store: any Store) async throws {
    try await change(store, at: 0, 0, 0, 0)
    let later = Sample.time.advanced(byMilliseconds: 1)
    #expect(try await store.removeChanges(madeBefore: later, limit: 0) == 0)
    #expect(try await store.removeChanges(madeBefore: later, limit: 2) == 2)
    #expect(try await store.changes(after: 0, limit: 9).count == 2)
    #expect(try await store.removeChanges(madeBefore: later, limit: 2) == 1, "the newest stays")
  }

  private static func newestChangeStays(_ store: any Store) async throws {
    try await change(store, at: 1, 0, -1)
    let newest = try #require(try await store.changes(after: 0, limit: 9).last)
    #expect(try await store.removeChanges(madeBefore: Timestamp(milliseconds: .max), limit: 9) == 2)
    #expect(try await store.changes(after: 0, limit: 9) == [newest])
    #expect(try await store.removeChanges(madeBefore: Timestamp(milliseconds: .max), limit: 9) == 0)
    #expect(try await store.latestChange() == newest.sequence)
    try await change(store, at: 0)
    #expect(try await store.latestChange() > newest.sequence)
  }
}
