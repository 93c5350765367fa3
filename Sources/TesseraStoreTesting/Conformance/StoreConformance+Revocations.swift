import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let revocationRules = [
    StoreRule("A revocation is found by its token, and none by another", revocationIsFound),
    StoreRule("Every field of a revocation comes back as it was", revocationComesBackWhole),
    StoreRule("Revocations are limited and paged by sequence number", revocationsArePaged),
    StoreRule(
      "A revocation has the sequence number of its change, and they are listed by it",
      revocationsAreInOrder
    ),
    StoreRule("Revoking again adds nothing and keeps the first expiry", revokingAgainAddsNothing),
  ]

  /// Revokes a token with the usual limit, and expects that it is recorded.
  static func revoke(
    _ revocation: Revocation,
    in store: any Store,
    limit: RevocationLimit = RevocationLimit(),
    at time: Timestamp = Sample.time,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let outcome = try await store.insertRevocation(revocation, limit: limit, audit: Sample.event(at: time))
    let record = try await store.revocation(of: revocation.token)
    #expect(record.map(RevocationOutcome.token) == outcome, sourceLocation: sourceLocation)
  }

  private static func revocationIsFound(_ store: any Store) async throws {
    for byte: UInt8 in [0, 255] { try await revoke(try Sample.revocation(byte), in: store) }
    #expect(try await store.revocation(of: try Sample.token(0))?.token == (try Sample.token(0)))
    #expect(try await store.revocation(of: try Sample.token(255))?.token == (try Sample.token(255)))
    #expect(try await store.revocation(of: try Sample.token(1)) == nil)
  }

  private static func revocationComesBackWhole(_ store: any Store) async throws {
    let (earliest, latest) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
    for (byte, issuedAt, expiresAt) in [(1, earliest, latest), (2, latest, earliest)]
      as [(UInt8, Timestamp, Timestamp)]
    {
      let revocation = try Sample.revocation(
        byte,
        of: "it's a \"client\"",
        issuedAt: issuedAt,
        expiresAt: expiresAt
      )
      try await revoke(revocation, in: store)
      let sequence = try await store.latestChange()
      #expect(
        try await store.revocation(of: revocation.token) == RevocationRecord(sequence: sequence, revocation)
      )
    }
  }

  private static func revocationsArePaged(_ store: any Store) async throws {
    for byte: UInt8 in 1...5 { try await revoke(try Sample.revocation(byte), in: store) }
    let all = try await store.revocations(after: .min, limit: .max)
    #expect(all.count == 5)
    let first = try await store.revocations(after: 0, limit: 2)
    #expect(first == Array(all[..<2]))
    #expect(try await store.revocations(after: first[1].sequence, limit: 2) == Array(all[2..<4]))
    #expect(try await store.revocations(after: all[4].sequence, limit: 2) == [])
    #expect(try await store.revocations(after: 0, limit: 0) == [])
  }

  private static func revocationsAreInOrder(_ store: any Store) async throws {
    for byte: UInt8 in [9, 1, 5] { try await revoke(try Sample.revocation(byte), in: store) }
    let records = try await store.revocations(after: 0, limit: 9)
    #expect(records.map(\.token) == [try Sample.token(9), try Sample.token(1), try Sample.token(5)])
    #expect(records.map(\.sequence) == (try await store.changes(after: 0, limit: 9).map(\.sequence)))
    #expect(try await store.revocation(of: try Sample.token(1)) == records[1])
  }

  private static func revokingAgainAddsNothing(_ store: any Store) async throws {
    try await revoke(try Sample.revocation(1), in: store)
    let before = try await StoreContents(of: store)
    let later = try Sample.revocation(1, expiresAt: Sample.time.advanced(bySeconds: 1))
    try await revoke(try Sample.revocation(1), in: store)
    try await revoke(later, in: store)
    #expect(try await StoreContents(of: store) == before)
  }
}

/// What happens when a client has too many revoked tokens.
extension StoreConformance {
  static let revocationLimitRules = [
    StoreRule("One revocation too many makes the not-before of the client take over", notBeforeTakesOver),
    StoreRule("Tokens that have expired make room before the not-before takes over", expiredTokensMakeRoom),
    StoreRule("What one client has revoked takes nothing from another", clientsAreCountedApart),
    StoreRule("When all have many, whoever has most gives way", mostGivesWay),
    StoreRule("The not-before is after the last token that was revoked", notBeforeIsAfterTheLast),
    StoreRule("A client that does not exist has no limit", missingClientHasNoLimit),
  ]

  private static let three = RevocationLimit(ofClient: 3, ofAll: 100, least: 1)
  private static let expiry = Sample.time.advanced(bySeconds: 60)

  /// The not-before that took over; nil when the revocation was recorded by itself.
  private static func takeover(
    _ byte: UInt8,
    of client: String,
    in store: any Store,
    limit: RevocationLimit = three,
    issuedAt: Timestamp = Sample.time.advanced(bySeconds: -60)
  ) async throws -> ClientNotBefore? {
    let outcome = try await store.insertRevocation(
      try Sample.revocation(byte, of: client, issuedAt: issuedAt, expiresAt: expiry),
      limit: limit,
      audit: Sample.event(.tokenRevoked, about: "token \(byte)")
    )
    guard case .client(let notBefore) = outcome else { return nil }
    return notBefore
  }

  private static func tokens(in store: any Store) async throws -> [TokenID] {
    try await store.revocations(after: .min, limit: .max).map(\.token)
  }

  private static func notBeforeTakesOver(_ store: any Store) async throws {
    let client = try Sample.client("a", secrets: [try Sample.secret("one")])
    try await store.insertClient(client, audit: Sample.event())
    for byte: UInt8 in 1...3 { #expect(try await takeover(byte, of: "a", in: store) == nil) }
    #expect(try await tokens(in: store).count == 3)
    let latest = try await store.latestChange()

    let notBefore = try await takeover(4, of: "a", in: store)
    let time = Sample.time.advanced(byMilliseconds: 1)
    #expect(notBefore?.clientID == client.id && notBefore?.notBefore == time)
    #expect(try await store.clientNotBefore(of: client.id) == notBefore)
    #expect(try await tokens(in: store) == [])
    var expected = client
    expected.tokensNotBefore = time
    expected.updatedAt = Sample.time
    expected.version = client.version + 1
    #expect(try await store.client(client.id) == expected)
    #expect(try await store.changes(after: latest, limit: 9).map(\.subject) == [.client(client.id)])
    #expect(notBefore?.sequence == (try await store.latestChange()))
    let record = try await store.auditRecords(before: nil, subject: nil, limit: 1).first?.event
    #expect(record == Sample.event(.tokenRevoked, about: "token 4").takenOver(by: client.id, from: 4))
    #expect(record?.action == .clientTokensRevoked && record?.subject == "a")

    #expect(try await takeover(5, of: "a", in: store) == nil, "then there is room again")
  }

  private static func expiredTokensMakeRoom(_ store: any Store) async throws {
    try await store.insertClient(try Sample.client("a"), audit: Sample.event())
    for byte: UInt8 in 1...2 { #expect(try await takeover(byte, of: "a", in: store) == nil) }
    let expired = try Sample.revocation(3, of: "a", expiresAt: Sample.time.advanced(byMilliseconds: -1))
    try await revoke(expired, in: store, limit: three)
    #expect(try await takeover(4, of: "a", in: store) == nil)
    #expect(try await tokens(in: store) == [try Sample.token(1), try Sample.token(2), try Sample.token(4)])
    #expect(try await takeover(5, of: "a", in: store) != nil)
  }

  private static func clientsAreCountedApart(_ store: any Store) async throws {
    for id in ["a", "b"] { try await store.insertClient(try Sample.client(id), audit: Sample.event()) }
    for byte: UInt8 in 1...3 { #expect(try await takeover(byte, of: "a", in: store) == nil) }
    for byte: UInt8 in 11...13 { #expect(try await takeover(byte, of: "b", in: store) == nil) }
    #expect(try await takeover(4, of: "a", in: store) != nil)
    #expect(try await tokens(in: store) == (11...13).map { try Sample.token($0) })
    #expect(try await store.client(try Sample.clientID("b"))?.tokensNotBefore == nil)
  }

  private static func mostGivesWay(_ store: any Store) async throws {
    for id in ["a", "b"] { try await store.insertClient(try Sample.client(id), audit: Sample.event()) }
    // Each has half of what all have left, so four are allowed while nobody else has any, and three beside three.
    let limit = RevocationLimit(ofClient: 8, ofAll: 12, least: 2)
    #expect(limit.allowsAnother(ofClient: 3, ofAll: 3))
    for byte: UInt8 in 1...3 { #expect(try await takeover(byte, of: "a", in: store, limit: limit) == nil) }
    for byte: UInt8 in 11...13 { #expect(try await takeover(byte, of: "b", in: store, limit: limit) == nil) }
    #expect(try await takeover(4, of: "a", in: store, limit: limit) != nil)
    #expect(try await tokens(in: store) == (11...13).map { try Sample.token($0) })
    #expect(try await takeover(14, of: "b", in: store, limit: limit) == nil)
  }

  private static func notBeforeIsAfterTheLast(_ store: any Store) async throws {
    try await store.insertClient(try Sample.client("a"), audit: Sample.event())
    let later = Sample.time.advanced(bySeconds: 30)
    _ = try await takeover(1, of: "a", in: store, issuedAt: later)
    for byte: UInt8 in 2...3 { _ = try await takeover(byte, of: "a", in: store) }
    let notBefore = try await takeover(4, of: "a", in: store)
    #expect(notBefore?.notBefore == later.advanced(byMilliseconds: 1))
  }

  private static func missingClientHasNoLimit(_ store: any Store) async throws {
    for byte: UInt8 in 1...5 { #expect(try await takeover(byte, of: "gone", in: store) == nil) }
    #expect(try await tokens(in: store).count == 5)
  }
}
