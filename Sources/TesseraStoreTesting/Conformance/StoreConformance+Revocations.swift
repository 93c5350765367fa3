import TesseraCore
import Testing

extension StoreConformance {
  static let revocationRules = [
    StoreRule("A revocation is found by its token, and none by another", revocationIsFound),
    StoreRule("Revocations are listed when their token expires later, not at the time", listingBoundary),
    StoreRule(
      "A revocation has the sequence number of its change, and they are listed by it",
      revocationsAreInOrder
    ),
    StoreRule("Revocations are removed when their token expired before, not at the time", removalBoundary),
    StoreRule("Revoking again adds nothing and keeps the first expiry", revokingAgainAddsNothing),
    StoreRule("A removed revocation can be made again", removedRevocationCanBeMadeAgain),
  ]

  private static func revocationIsFound(_ store: any Store) async throws {
    let earliest = try Sample.revocation(0, expiresAt: Timestamp(milliseconds: .min))
    let latest = try Sample.revocation(255, expiresAt: Timestamp(milliseconds: .max))
    try await store.insertRevocation(earliest, audit: Sample.event())
    try await store.insertRevocation(latest, audit: Sample.event())
    #expect(try await store.revocation(of: earliest.token)?.revocation == earliest)
    #expect(try await store.revocation(of: latest.token)?.revocation == latest)
    #expect(try await store.revocation(of: try Sample.token(1)) == nil)
  }

  /// Adds revocations that expire 1 ms before, at and 1 ms after the sample time.
  private static func insertNeighbours(in store: any Store) async throws -> [Revocation] {
    var revocations: [Revocation] = []
    for (byte, delta) in [(1, -1), (2, 0), (3, 1)] as [(UInt8, Int64)] {
      let expiry = Sample.time.advanced(byMilliseconds: delta)
      revocations.append(try Sample.revocation(byte, expiresAt: expiry))
    }
    for revocation in revocations { try await store.insertRevocation(revocation, audit: Sample.event()) }
    return revocations
  }

  private static func listingBoundary(_ store: any Store) async throws {
    let revocations = try await insertNeighbours(in: store)
    #expect(try await store.revocations(expiringAfter: Sample.time).map(\.revocation) == [revocations[2]])
    let earlier = try await store.revocations(expiringAfter: Sample.time.advanced(byMilliseconds: -1))
    #expect(Set(earlier.map(\.revocation.token)) == Set(revocations[1...].map(\.token)))
    #expect(try await store.revocations(expiringAfter: Sample.time.advanced(byMilliseconds: 1)) == [])
  }

  private static func revocationsAreInOrder(_ store: any Store) async throws {
    for byte: UInt8 in [9, 1, 5] {
      try await store.insertRevocation(try Sample.revocation(byte), audit: Sample.event())
    }
    let records = try await store.revocations(expiringAfter: Timestamp(milliseconds: .min))
    #expect(
      records.map(\.revocation) == [
        try Sample.revocation(9), try Sample.revocation(1), try Sample.revocation(5),
      ]
    )
    #expect(records.map(\.sequence) == (try await store.changes(after: 0, limit: 9).map(\.sequence)))
    #expect(try await store.revocation(of: try Sample.token(1)) == records[1])
  }

  private static func removalBoundary(_ store: any Store) async throws {
    let revocations = try await insertNeighbours(in: store)
    let before = try await StoreContents(of: store)
    #expect(try await store.removeRevocations(expiredBefore: Sample.time) == 1)
    let after = try await StoreContents(of: store)
    #expect(after.revocations.map(\.revocation) == Array(revocations[1...]))
    #expect(after.audit == before.audit && after.changes == before.changes)
    #expect(try await store.removeRevocations(expiredBefore: Sample.time) == 0)
    #expect(try await store.removeRevocations(expiredBefore: Timestamp(milliseconds: .max)) == 2)
  }

  private static func revokingAgainAddsNothing(_ store: any Store) async throws {
    try await store.insertRevocation(try Sample.revocation(1), audit: Sample.event())
    let before = try await StoreContents(of: store)
    let later = try Sample.revocation(1, expiresAt: Sample.time.advanced(bySeconds: 1))
    try await store.insertRevocation(try Sample.revocation(1), audit: Sample.event())
    try await store.insertRevocation(later, audit: Sample.event())
    #expect(try await StoreContents(of: store) == before)
  }

  private static func removedRevocationCanBeMadeAgain(_ store: any Store) async throws {
    try await store.insertRevocation(try Sample.revocation(1), audit: Sample.event())
    try await store.removeRevocations(expiredBefore: Timestamp(milliseconds: .max))
    #expect(try await store.revocation(of: try Sample.token(1)) == nil)
    try await store.insertRevocation(try Sample.revocation(1), audit: Sample.event())
    #expect(try await store.revocation(of: try Sample.token(1))?.revocation == (try Sample.revocation(1)))
    #expect(try await store.auditRecords(before: nil, subject: nil, limit: 9).count == 2)
  }
}
