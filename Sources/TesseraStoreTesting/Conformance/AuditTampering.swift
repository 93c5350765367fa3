package import TesseraCore
import TesseraJOSE
import Testing

/// One way of altering the audit log by SQL, which is found: for stores in databases that know SQL.
package struct AuditTampering: Sendable, CustomTestStringConvertible {
  package let testDescription: String
  /// What is run.
  package let statements: [String]
  /// What is said about it.
  private let finding: String
  /// Whether it shows already when the log is signed the next time.
  private let isSeenBySigning: Bool

  private init(
    _ name: String,
    _ statements: String...,
    finds finding: String,
    isSeenBySigning: Bool = false
  ) {
    testDescription = name
    self.statements = statements
    self.finding = finding
    self.isSeenBySigning = isSeenBySigning
  }

  /// All of them, on the log that `prepare` has written.
  package static let all: [AuditTampering] =
    [
      "time = time + 1", "actor = 'cli:other'", "address = '192.0.2.1'", "action = 'key.rotated'",
      "subject = 'other'", "details = '{\"a\":\"b\"}'", "differences = '{}'", "action = 'token.revoked'",
    ].map { change in
      AuditTampering(
        "a record is altered: \(change)",
        "UPDATE audit SET \(change) WHERE number = 3",
        finds: "record 3 does not follow from record 1"
      )
    } + [
      AuditTampering(
        "the hash of a record is altered",
        "UPDATE audit SET hash = (SELECT hash FROM audit WHERE number = 1) WHERE number = 3",
        finds: "record 4 does not follow from record 3"
      ),
      AuditTampering(
        "a record is taken out of its chain",
        "UPDATE audit SET chain = '' WHERE number = 3",
        finds: "record 3 is in no chain"
      ),
      AuditTampering(
        "a record is removed",
        "DELETE FROM audit WHERE number = 3",
        finds: "record 4 does not follow from record 1"
      ),
      AuditTampering(
        "the first record is removed",
        "DELETE FROM audit WHERE number = 1",
        finds: "record 3 does not follow from the start of its chain"
      ),
      AuditTampering(
        "a record without a hash is inserted",
        """
        INSERT INTO audit (number, time, actor, action, subject, details)
        VALUES (9, 0, 'cli:other', 'scope.created', 'other', '{}')
        """,
        finds: "record 9 is in no chain"
      ),
      AuditTampering(
        "a record with a hash is inserted",
        """
        INSERT INTO audit (number, time, actor, action, subject, details, chain, hash)
        SELECT 9, time, actor, action, subject, details, chain, hash FROM audit WHERE number = 6
        """,
        finds: "record 9 does not follow from record 6",
        isSeenBySigning: true
      ),
      AuditTampering(
        "two records change places",
        "UPDATE audit SET number = 99 WHERE number = 3",
        "UPDATE audit SET number = 3 WHERE number = 4",
        "UPDATE audit SET number = 4 WHERE number = 99",
        finds: "record 3 does not follow from record 1"
      ),
      AuditTampering(
        "a record is moved to the end",
        "UPDATE audit SET number = 99 WHERE number = 3",
        finds: "record 99 does not follow from record 6",
        isSeenBySigning: true
      ),
      AuditTampering(
        "the end is cut",
        "DELETE FROM audit WHERE number > 4",
        finds: "record 6, which a checkpoint names, is gone",
        isSeenBySigning: true
      ),
      AuditTampering(
        "the last revocation is removed",
        "DELETE FROM audit WHERE number = 5",
        finds: "record 5, which a checkpoint names, is gone",
        isSeenBySigning: true
      ),
      AuditTampering(
        "the end is cut and another record takes its number",
        "DELETE FROM audit WHERE number = 6",
        "UPDATE audit SET number = 6 WHERE number = 4",
        finds: "record 6, which a checkpoint names, is gone",
        isSeenBySigning: true
      ),
      AuditTampering(
        "everything is removed",
        "DELETE FROM audit",
        finds: "there are no records",
        isSeenBySigning: true
      ),
      AuditTampering(
        "the checkpoint is removed",
        "DELETE FROM audit_marks WHERE name = 'checkpoint'",
        finds: "there is no checkpoint"
      ),
      AuditTampering(
        "the checkpoint is made to name an earlier record",
        "UPDATE audit_marks SET statement = replace(statement, ' 6 ', ' 4 ')",
        finds: "the checkpoint is not signed by this master key, or was altered",
        isSeenBySigning: true
      ),
      AuditTampering(
        "an anchor is invented, and what is before it removed",
        "DELETE FROM audit WHERE number = 1",
        """
        INSERT INTO audit_marks (name, statement, signature)
        SELECT 'anchor administration', replace(statement, 'checkpoint', 'anchor'), signature FROM audit_marks
        """,
        finds: "where the chain 'administration' begins is not signed by this master key",
        isSeenBySigning: true
      ),
    ]

  /// Writes a log of six records to an empty store and signs it: revocations are 2 and 5.
  package static func prepare(_ store: any Store) async throws {
    let actions: [AuditEvent.Action] = [
      .scopeCreated, .tokenRevoked, .scopeCreated, .scopeCreated, .tokenRevoked, .scopeCreated,
    ]
    for (index, action) in actions.enumerated() {
      try await store.insertScope(try Sample.definition("scope-\(index)"), audit: Sample.event(action))
    }
    let log = try Sample.auditLog(of: store)
    try await log.sign()
    #expect(try await log.verify().problems == [])
    #expect(try await store.auditRecords(of: nil, after: 0, limit: 9).map(\.number) == Array(1...6))
  }

  /// Checks that it is found, after the statements were run.
  package func expectFound(in store: any Store) async throws {
    let log = try Sample.auditLog(of: store)
    let problems = try await log.verify().problems
    #expect(problems.contains { $0.contains(finding) }, "\(problems)")
    do throws(AuditLogError) {
      try await log.sign()
      #expect(!isSeenBySigning)
    } catch {
      guard case .altered = error else { throw error }
      #expect(isSeenBySigning)
    }
  }

  /// Checks that a mutation does not happen while the log cannot be written, which `breaks` and `mends` see to.
  package static func expectNothingUnrecorded(
    in store: any Store,
    breaking breaks: (_ statement: String) async throws -> Void
  ) async throws {
    try await breaks("ALTER TABLE audit RENAME TO other")
    let scope = try Sample.definition("unrecorded")
    #expect(try await failure { try await store.insertScope(scope, audit: Sample.event()) } == .unavailable)
    try await breaks("ALTER TABLE other RENAME TO audit")
    #expect(try await store.scopes().map(\.scope.name).contains("unrecorded") == false)
    try await store.insertScope(scope, audit: Sample.event())
    #expect(try await store.scopes().map(\.scope.name).contains("unrecorded"))
  }

  /// Checks the log of a store that has this many records of an older version.
  package static func expectUnprotected(_ count: Int, in store: any Store) async throws {
    try await store.insertScope(try Sample.definition("first"), audit: Sample.event())
    let log = try Sample.auditLog(of: store)
    try await log.sign()
    let result = try await log.verify()
    #expect(result.problems == [])
    #expect(result.unprotectedCount == count)
    #expect(result.chains.map(\.count) == [1, 0])
  }
}
