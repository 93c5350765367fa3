import TesseraCore
import TesseraJOSE
import Testing

/// When revocations go whose tokens have expired.
extension StoreConformance {
  static let forgettingRules = [
    StoreRule("Revocations go when the period is over in which their token expired", revocationsAreForgotten),
    StoreRule("A removed revocation can be made again", removedRevocationCanBeMadeAgain),
    StoreRule("Making room for periods changes nothing that can be read", roomChangesNothing),
    StoreRule("Revocations are counted alike before and after room is made", roomKeepsCounts),
    StoreRule("Revocations that go leave room for as many", forgettingLeavesRoom),
    StoreRule("A token stays revoked when a clock was far ahead or behind", revocationsOfAnyTime),
  ]

  private static let periods = ExpiryPeriods.revocations

  private static func revocationsAreForgotten(_ store: any Store) async throws {
    let start = periods.start(of: periods.number(at: Sample.time))
    let next = start.advanced(byMilliseconds: periods.length)
    let expiries = [
      start.advanced(byMilliseconds: -1), start, Sample.time, next.advanced(byMilliseconds: -1), next,
    ]
    for isRoomMade in [false, true] {
      if isRoomMade { try await store.makePeriods(from: start.advanced(byMilliseconds: -periods.length)) }
      for (byte, expiry) in expiries.enumerated() {
        try await revoke(try Sample.revocation(UInt8(byte), expiresAt: expiry), in: store)
      }
      let before = try await StoreContents(of: store)
      #expect(try await store.removeRevocations(expiredBefore: start.advanced(byMilliseconds: -1)) == 0)
      #expect(try await StoreContents(of: store) == before)
      for time in [start, next.advanced(byMilliseconds: -1)] {
        #expect(try await store.removeRevocations(expiredBefore: time) == (time == start ? 1 : 0))
        let after = try await StoreContents(of: store)
        #expect(after.revocations == Array(before.revocations[1...]))
        #expect(after.audit == before.audit && after.changes == before.changes)
      }
      #expect(try await store.removeRevocations(expiredBefore: next) == 3)
      #expect(try await store.revocations(after: .min, limit: 9) == [before.revocations[4]])
      #expect(try await store.removeRevocations(expiredBefore: Timestamp(milliseconds: .max)) == 1)
    }
  }

  private static func removedRevocationCanBeMadeAgain(_ store: any Store) async throws {
    try await revoke(try Sample.revocation(1), in: store)
    try await store.removeRevocations(expiredBefore: Timestamp(milliseconds: .max))
    #expect(try await store.revocation(of: try Sample.token(1)) == nil)
    try await revoke(try Sample.revocation(1), in: store)
    #expect(try await store.auditRecords(before: nil, subject: nil, limit: 9).count == 2)
  }

  /// Revokes tokens that expire on days around the sample time.
  private static func revokeOnEachDay(_ days: Range<Int64>, in store: any Store) async throws {
    for day in days {
      let expiry = Sample.time.advanced(bySeconds: day * 86_400)
      try await revoke(try Sample.revocation(UInt8(100 + day), expiresAt: expiry), in: store)
    }
  }

  private static func roomChangesNothing(_ store: any Store) async throws {
    try await revokeOnEachDay(-2..<12, in: store)
    let before = try await StoreContents(of: store)
    for _ in 0..<2 { try await store.makePeriods(from: Sample.time) }
    #expect(try await StoreContents(of: store) == before)
    // Again and later ones, which have a place of their own.
    let known = try Sample.revocation(103, expiresAt: Sample.time.advanced(bySeconds: 3 * 86_400))
    try await revoke(known, in: store)
    #expect(try await StoreContents(of: store) == before)
    try await store.makePeriods(from: Sample.time.advanced(bySeconds: 20 * 86_400))
    try await revokeOnEachDay(12..<30, in: store)
    let tokens = try await store.revocations(after: .min, limit: .max).map { $0.token.bytes[0] }
    #expect(tokens == (98..<130).map(UInt8.init))
  }

  private static let three = RevocationLimit(ofClient: 3, ofAll: 100, least: 1)

  /// Whether a revocation is recorded by itself, and not taken over by the not-before of its client.
  private static func isRecorded(_ byte: UInt8, expiresIn days: Int64, in store: any Store) async throws
    -> Bool
  {
    let expiry = Sample.time.advanced(bySeconds: days * 86_400)
    let outcome = try await store.insertRevocation(
      try Sample.revocation(byte, of: "a", expiresAt: expiry),
      limit: three,
      audit: Sample.event(.tokenRevoked)
    )
    if case .token = outcome { return true }
    return false
  }

  private static func roomKeepsCounts(_ store: any Store) async throws {
    try await store.insertClient(try Sample.client("a"), audit: Sample.event())
    #expect(try await isRecorded(1, expiresIn: 0, in: store))
    #expect(try await isRecorded(2, expiresIn: 2, in: store))
    try await store.makePeriods(from: Sample.time)
    #expect(try await isRecorded(3, expiresIn: 2, in: store))
    #expect(try await isRecorded(4, expiresIn: 30, in: store) == false)
    #expect(try await store.revocations(after: .min, limit: 9) == [])
    for byte: UInt8 in 5...7 { #expect(try await isRecorded(byte, expiresIn: Int64(byte), in: store)) }
    #expect(try await isRecorded(8, expiresIn: 1, in: store) == false)
  }

  private static func forgettingLeavesRoom(_ store: any Store) async throws {
    try await store.insertClient(try Sample.client("a"), audit: Sample.event())
    try await store.makePeriods(from: Sample.time)
    for (byte, days) in [(1, 0), (2, 1), (3, 4)] as [(UInt8, Int64)] {
      #expect(try await isRecorded(byte, expiresIn: days, in: store))
    }
    try await revoke(try Sample.revocation(9, of: "b"), in: store)
    #expect(
      try await store.removeRevocations(expiredBefore: Sample.time.advanced(bySeconds: 2 * 86_400)) == 3
    )
    for byte: UInt8 in 4...5 { #expect(try await isRecorded(byte, expiresIn: 4, in: store)) }
    #expect(try await isRecorded(6, expiresIn: 4, in: store) == false)
  }

  private static func revocationsOfAnyTime(_ store: any Store) async throws {
    let year: Int64 = 365 * 86_400
    let times = [-10 * year, 0, 10 * year].map { Sample.time.advanced(bySeconds: $0) }
    for (byte, expiry) in times.enumerated() {
      try await revoke(try Sample.revocation(UInt8(byte), expiresAt: expiry), in: store)
      try await store.makePeriods(from: times[2 - byte])
    }
    try await store.removeRevocations(expiredBefore: Sample.time)
    #expect(try await store.revocations(after: .min, limit: 9).map { $0.token.bytes[0] } == [1, 2])
  }
}
