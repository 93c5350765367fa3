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
  package func revocation(of token: TokenID) throws(StoreError) -> RevocationRecord? {
    try run(.revocations + "WHERE token = \(Array(token.bytes))").map(RevocationRecord.init(row:)).first
  }

  package func insert(_ record: RevocationRecord) throws(StoreError) {
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

  package func revocationCount(of id: ClientID?) throws(StoreError) -> Int {
    try row("SELECT count FROM revocation_counts WHERE client_id = \(id?.rawValue ?? "")")?.value("count")
      ?? 0
  }

  package func expiredRevocationCount(of id: ClientID, at time: Timestamp) throws(StoreError) -> Int {
    try row(
      """
      SELECT count(*) FROM revocations
      WHERE client_id = \(id.rawValue) AND expires_at < \(time.milliseconds)
      """
    )?.value("count") ?? 0
  }

  package func lastIssueOfRevoked(
    to id: ClientID,
    notExpiredAt time: Timestamp
  ) throws(StoreError) -> Timestamp? {
    try row(
      """
      SELECT max(issued_at) AS issued_at FROM revocations
      WHERE client_id = \(id.rawValue) AND expires_at >= \(time.milliseconds)
      """
    )?.optionalTime("issued_at")
  }

  package func deleteRevocations(of id: ClientID, expiredBefore time: Timestamp?) throws(StoreError) {
    try run(
      """
      DELETE FROM revocations
      WHERE client_id = \(id.rawValue) AND expires_at < \(time?.milliseconds ?? .max)
      """
    )
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
