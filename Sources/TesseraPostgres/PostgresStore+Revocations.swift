package import TesseraCore
package import TesseraJOSE

extension PostgresStore {
  package func revocations(after sequence: Int64, limit: Int) async throws(StoreError) -> [RevocationRecord] {
    try await read { connection throws(StoreError) in
      let page: Statement = "WHERE sequence > \(sequence) ORDER BY sequence LIMIT \(max(0, limit))"
      return try connection.run(.revocations + page).map(RevocationRecord.init(row:))
    }
  }

  package func revocation(of token: TokenID) async throws(StoreError) -> RevocationRecord? {
    try await read { connection throws(StoreError) in try connection.revocation(of: token) }
  }

  package func insertRevocation(
    _ revocation: Revocation,
    limit: RevocationLimit,
    audit: AuditEvent
  ) async throws(StoreError) -> RevocationOutcome {
    try await write(for: .client(revocation.clientID)) { connection throws(StoreError) in
      if let known = try connection.revocation(of: revocation.token) { return .token(known) }
      let id = revocation.clientID
      var standing = try connection.standing(of: id)
      var client: Client?
      if !standing.hasRoom(within: limit) {
        client = try connection.client(id)
        standing.expired = try connection.expiredCount(of: id, at: audit.time)
        if !standing.hasRoomWithoutExpired(within: limit) {
          standing.lastIssued = try connection.lastIssue(to: id, audit.time)
        }
      }
      let mutation = Mutation.revoking(revocation, of: client, beside: standing, limit: limit, audit: audit)
      return mutation.outcome(of: revocation, at: try connection.write(mutation))
    }
  }

  @discardableResult
  package func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int {
    try await write(for: .housekeeping) { connection throws(StoreError) in
      var count = 0
      let present = ExpiryPeriods.revocations.number(at: time)
      let rest = try connection.drop(before: present, of: .revocations) { partition throws(StoreError) in
        count += try connection.discountRevocations(in: partition)
      }
      return count + rest
    }
  }
}

extension Connection {
  fileprivate func revocation(of token: TokenID) throws(StoreError) -> RevocationRecord? {
    try run(.revocations + "WHERE token = \(Array(token.bytes))").map(RevocationRecord.init(row:)).first
  }

  func insert(_ record: RevocationRecord) throws(StoreError) {
    try run(
      """
      INSERT INTO revocations (sequence, token, client_id, issued_at, expires_at) VALUES (
        \(record.sequence), \(Array(record.token.bytes)), \(record.clientID?.rawValue),
        \(record.issuedAt.milliseconds), \(record.expiresAt.milliseconds)
      )
      """
    )
  }

  /// Takes the revocations of a partition out of the counts, because it is about to go, and returns how many they are.
  fileprivate func discountRevocations(in partition: String) throws(StoreError) -> Int {
    try runSimple(
      """
      UPDATE revocation_counts SET count = revocation_counts.count - gone.count FROM (
        SELECT one.id, count(*) AS count FROM (
          SELECT '' AS id FROM \(partition)
          UNION ALL SELECT client_id FROM \(partition) WHERE client_id IS NOT NULL
        ) AS one GROUP BY one.id
      ) AS gone WHERE gone.id = client_id;
      DELETE FROM revocation_counts WHERE count = 0 AND client_id <> ''
      """
    )
    return try row(Statement(stringLiteral: "SELECT count(*) AS count FROM \(partition)"))?.value("count")
      ?? 0
  }

  fileprivate func standing(of id: ClientID) throws(StoreError) -> Mutation.Standing {
    Mutation.Standing(
      ofClient: try revocationCount(of: id.rawValue),
      ofAll: try revocationCount(of: "")
    )
  }

  private func revocationCount(of client: String) throws(StoreError) -> Int {
    try row("SELECT count FROM revocation_counts WHERE client_id = \(client)")?.value("count") ?? 0
  }

  fileprivate func expiredCount(of id: ClientID, at time: Timestamp) throws(StoreError) -> Int {
    try row(
      """
      SELECT count(*) FROM revocations
      WHERE client_id = \(id.rawValue) AND expires_at < \(time.milliseconds)
      """
    )?.value("count") ?? 0
  }

  fileprivate func lastIssue(to id: ClientID, _ time: Timestamp) throws(StoreError) -> Timestamp? {
    try row(
      """
      SELECT max(issued_at) AS issued_at FROM revocations
      WHERE client_id = \(id.rawValue) AND expires_at >= \(time.milliseconds)
      """
    )?.optionalTime("issued_at")
  }
}

extension Statement {
  fileprivate static let revocations: Statement =
    "SELECT sequence, token, client_id, issued_at, expires_at FROM revocations"
}

extension RevocationRecord {
  fileprivate init(row: Row) throws(StoreError) {
    let bytes: [UInt8] = try row.value("token")
    guard let token = TokenID(bytes: bytes) else { throw .unreadable("a revoked token") }
    self.init(
      sequence: try row.value("sequence"),
      token: token,
      clientID: try row.optionallyParsed("client_id", by: ClientID.init),
      issuedAt: try row.time("issued_at"),
      expiresAt: try row.time("expires_at")
    )
  }
}
