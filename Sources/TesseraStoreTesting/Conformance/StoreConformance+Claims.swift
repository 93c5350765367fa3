import TesseraCore
import TesseraJOSE
import Testing

/// What can be used once.
extension StoreConformance {
  static let claimRules = [
    StoreRule("The first claim of an identifier wins, and every later one loses", firstClaimWins),
    StoreRule("The same identifier of another kind or of somebody else is another claim", claimsAreApart),
    StoreRule(
      "The same identifier is the same claim, whoever comes with it and whenever it expires",
      sameClaim
    ),
    StoreRule("A claim counts until its period is over, and no longer", claimsAreForgotten),
    StoreRule("Claims count all the same when room is made for their periods late", roomIsMadeLate),
    StoreRule("Claims count all the same when a clock was far ahead or behind", claimsOfAnyTime),
    StoreRule("A claim leaves no trace in the audit log and in the feed", claimsAreNotRecorded),
    StoreRule("Of many who claim the same at once, one wins", oneClaimerWins),
    StoreRule("Of many who claim the same at once through two handles, one wins", ofTwo: oneClaimerOfTwoWins),
    StoreRule("A claim whose call is cancelled is won by one at most", cancelledClaim),
    StoreRule("A store that was closed makes no claim", closedStoreMakesNoClaim),
  ]

  private static let periods = ExpiryPeriods.claims

  private static func claim(
    _ identifier: String,
    _ kind: SingleUseClaim.Kind = .clientAssertion,
    from owner: String = "owner",
    for client: String = "client",
    expiresAt: Timestamp = Sample.time
  ) throws -> SingleUseClaim {
    SingleUseClaim(
      kind,
      of: identifier,
      from: owner,
      for: try Sample.clientID(client),
      expiresAt: expiresAt
    )
  }

  private static func firstClaimWins(_ store: any Store) async throws {
    for identifier in ["a", "b", "", "\0", String(repeating: "x", count: 10_000)] {
      let claim = try claim(identifier)
      #expect(claim.digest.count == 32)
      #expect(try await store.claim(claim))
      for _ in 0..<2 { #expect(try await store.claim(claim) == false) }
    }
  }

  private static func claimsAreApart(_ store: any Store) async throws {
    let claims = [
      try claim("a"), try claim("a", .proofOfPossession), try claim("a", from: "other"),
      try claim("ra", from: "owne"), try claim("", from: "ownera"), try claim("A"),
    ]
    for claim in claims { #expect(try await store.claim(claim)) }
    for claim in claims { #expect(try await store.claim(claim) == false) }
  }

  private static func sameClaim(_ store: any Store) async throws {
    #expect(try await store.claim(try claim("a")))
    #expect(try await store.claim(try claim("a", for: "other")) == false)
    for delta in [-periods.length, -1, 1, periods.length, 100 * periods.length] {
      let expiry = Sample.time.advanced(byMilliseconds: delta)
      #expect(try await store.claim(try claim("a", expiresAt: expiry)) == false)
    }
    // The first time is the one that counts.
    try await store.removeClaims(expiredBefore: Sample.time.advanced(byMilliseconds: periods.length))
    #expect(try await store.claim(try claim("a")))
  }

  private static func claimsAreForgotten(_ store: any Store) async throws {
    let start = periods.start(of: periods.number(at: Sample.time))
    let next = start.advanced(byMilliseconds: periods.length)
    func expiring(_ number: Int, _ expiry: Timestamp) throws -> SingleUseClaim {
      try claim("\(number)", expiresAt: expiry)
    }
    for isRoomMade in [false, true] {
      if isRoomMade { try await store.makePeriods(from: start.advanced(byMilliseconds: -periods.length)) }
      let before = try expiring(1, start.advanced(byMilliseconds: -1))
      let during = [try expiring(2, start), try expiring(3, next.advanced(byMilliseconds: -1))]
      let after = try expiring(4, next)
      for claim in [before, after] + during { #expect(try await store.claim(claim)) }
      func isKnown(_ claims: SingleUseClaim...) async throws {
        for claim in claims { #expect(try await store.claim(claim) == false) }
      }
      try await store.removeClaims(expiredBefore: start.advanced(byMilliseconds: -1))
      try await isKnown(before, during[0], during[1], after)
      try await store.removeClaims(expiredBefore: next.advanced(byMilliseconds: -1))
      try await isKnown(during[0], during[1], after)
      #expect(try await store.claim(before))
      try await store.removeClaims(expiredBefore: next)
      try await isKnown(after)
      for claim in during { #expect(try await store.claim(claim)) }
      try await store.removeClaims(expiredBefore: .distantFuture)
    }
  }

  private static func roomIsMadeLate(_ store: any Store) async throws {
    let numbers = periods.numbers(from: Sample.time)
    func claims(_ name: String) throws -> [SingleUseClaim] {
      try (numbers.lowerBound - 1...numbers.upperBound + 1).map { number in
        try claim("\(name) \(number)", expiresAt: periods.start(of: number).advanced(bySeconds: 1))
      }
    }
    let (early, late) = (try claims("early"), try claims("late"))
    for claim in early { #expect(try await store.claim(claim)) }
    for _ in 0..<2 { try await store.makePeriods(from: Sample.time) }
    for claim in late { #expect(try await store.claim(claim)) }
    for claim in early + late { #expect(try await store.claim(claim) == false) }
    // Those of the period before the first go, whether it had room of its own or not.
    try await store.removeClaims(expiredBefore: Sample.time)
    for claim in [early[0], late[0]] { #expect(try await store.claim(claim)) }
    for claim in early[1...] + late[1...] { #expect(try await store.claim(claim) == false) }
  }

  private static func claimsOfAnyTime(_ store: any Store) async throws {
    let year: Int64 = 365 * 86_400
    let times = [
      Timestamp(milliseconds: .min), Timestamp(milliseconds: 0), Sample.time.advanced(bySeconds: -10 * year),
      Sample.time, Sample.time.advanced(bySeconds: 10 * year), .distantFuture, Timestamp(milliseconds: .max),
    ]
    let claims = try times.enumerated().map { try claim("\($0.offset)", expiresAt: $0.element) }
    for (claim, now) in zip(claims, times.reversed()) {
      #expect(try await store.claim(claim))
      guard now > Timestamp(milliseconds: .min), now <= .distantFuture else { continue }
      try await store.makePeriods(from: now)
    }
    for claim in claims { #expect(try await store.claim(claim) == false) }
    try await store.removeClaims(expiredBefore: Sample.time)
    #expect(try await store.claim(claims[2]))
    for claim in claims[3...] { #expect(try await store.claim(claim) == false) }
  }

  private static func claimsAreNotRecorded(_ store: any Store) async throws {
    let before = try await StoreContents(of: store)
    #expect(try await store.claim(try claim("a")))
    #expect(try await StoreContents(of: store) == before)
  }

  private static func oneClaimerWins(_ store: any Store) async throws {
    let won = try await concurrently(100) { index in
      (index % 5, try await store.claim(try claim("\(index % 5)", for: "client \(index)")))
    }
    #expect(won.filter(\.1).map(\.0).sorted() == Array(0..<5))
  }

  private static func oneClaimerOfTwoWins(_ first: any Store, _ second: any Store) async throws {
    let won = try await concurrently(200) { index in
      let store = index.isMultiple(of: 2) ? first : second
      return (index / 4, try await store.claim(try claim("\(index / 4)")))
    }
    #expect(won.filter(\.1).map(\.0).sorted() == Array(0..<50))
    for number in 0..<50 {
      for store in [first, second] { #expect(try await store.claim(try claim("\(number)")) == false) }
    }
  }

  private static func cancelledClaim(_ store: any Store) async throws {
    for number in 0..<50 {
      let claim = try claim("\(number)")
      let call = Task { try await store.claim(claim) }
      if number.isMultiple(of: 2) { await Task.yield() }
      call.cancel()
      let result = await call.result
      let isFreeAfterwards = try await store.claim(claim)
      switch result {
      case .success(let isFirst): #expect(isFirst && !isFreeAfterwards)
      case .failure(let error as StoreError): #expect(StoreErrorKind(error) == .unavailable)
      case .failure(let error): throw error
      }
      #expect(try await store.claim(claim) == false)
    }
  }

  private static func closedStoreMakesNoClaim(_ store: any Store) async throws {
    let claim = try claim("a")
    await store.close()
    #expect(try await failure { _ = try await store.claim(claim) } == .unavailable)
    #expect(try await failure { try await store.removeClaims(expiredBefore: Sample.time) } == .unavailable)
    #expect(try await failure { try await store.makePeriods(from: Sample.time) } == .unavailable)
  }
}
