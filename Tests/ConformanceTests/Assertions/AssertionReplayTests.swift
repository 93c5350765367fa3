import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// An assertion is used once (RFC 7523 §3, `jti`).
@Suite(.everyDoor) struct AssertionReplayTests {
  /// Whether somebody has claimed this identifier for the client: after asking, somebody has.
  private func isClaimed(_ identifier: String, in world: AssertionWorld) async throws -> Bool {
    let id = world.client.id
    let end = Timestamp(milliseconds: (world.server.seconds + 120) * 1000)
    let claim = SingleUseClaim(.clientAssertion, of: identifier, from: id.rawValue, for: id, expiresAt: end)
    return try await !world.server.store.claim(claim)
  }

  @Test("J14 jti is there, and counts once")
  func once() async throws {
    try await AssertionWorld.run { world in
      for identifier in [nil, "null", "1", #""""#, #"["a"]"#] {
        expect(try await world.send("jti", identifier), is: .failedInBody, "\(identifier ?? "none")")
      }
      let assertion = world.assertion()
      expect(try await world.send(assertion), grants: "item")
      for _ in 0..<3 { expect(try await world.send(assertion), is: .failedInBody, "the same again") }
      let other = world.assertion { $0.set("jti", #""one""#) }
      expect(try await world.send(other), grants: "item")
      expect(try await world.send("jti", #""one""#), is: .failedInBody, "another text with the same jti")
      // It is of whoever gave it out.
      let client = try await world.server.makeClient { $0.authenticationMethod = .privateKeyJWT }
      try await world.server.register([world.key], of: client)
      var theirs = world.server.assertion(of: client)
      theirs.set("jti", #""one""#)
      let request = client.tokenRequest(signed: theirs.signed(by: world.key))
      expect(try await world.server.send(request), grants: "item", "another client's")
    }
  }

  @Test("J15 of many who present an assertion at once, on two nodes, exactly one wins")
  func concurrently() async throws {
    try await AssertionWorld.run { world in
      var options = TestServer.Options()
      options.failureLimit.freeFailures = 1000
      try await TestServer.run(options, over: world.server.store) { other in
        let door = Door.current
        for _ in 0..<3 {
          let request = world.client.tokenRequest(signed: world.assertion())
          let statuses = try await withThrowingTaskGroup { group in
            for number in 0..<20 {
              group.addTask {
                try await Door.$current.withValue(door) {
                  try await (number.isMultiple(of: 2) ? world.server : other).send(request).status
                }
              }
            }
            return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
          }
          #expect(statuses == [200: 1, 400: 19], "\(statuses)")
        }
      }
    }
  }

  @Test(
    "J16 a jti is claimed after the signature check, hashed, until the assertion has ended, and has a length"
  )
  func claim() async throws {
    try await AssertionWorld.run { world in
      let forged = world.assertion(by: TestSigner(.es256)) { $0.set("jti", #""forged""#) }
      expect(try await world.send(forged), is: .failedInBody)
      #expect(try await !isClaimed("forged", in: world), "nothing was claimed without a signature")
      let late = world.assertion {
        $0.set("jti", #""late""#)
        $0.set("exp", "\(world.server.seconds)")
      }
      expect(try await world.send(late), is: .failedInBody)
      #expect(try await !isClaimed("late", in: world), "nor for one that has expired")
      expect(try await world.send("jti", #""used""#), grants: "item")
      #expect(try await isClaimed("used", in: world), "by the digest that everybody makes of it")

      let longest = String(repeating: "j", count: 255)
      expect(try await world.send("jti", #""\#(longest)j""#), is: .failedInBody)
      expect(try await world.send("jti", #""\#(longest)""#), grants: "item")
      // Clocks of nodes differ: it is still remembered when the assertion has just ended.
      let short = world.assertion { $0.set("exp", "\(world.server.seconds + 1)") }
      expect(try await world.send(short), grants: "item")
      world.server.clocks.setWallClock(bySeconds: 5)
      expect(try await world.send(short), is: .failedInBody)
      world.server.clocks.setWallClock(bySeconds: -5)
      expect(try await world.send(short), is: .failedInBody, "by a clock that is behind")
    }
  }

  @Test func aRequestThatWaitsClaimsOnceAndIsVerifiedOnce() async throws {
    try await AssertionWorld.run { world in
      // The client is read from the store, and then its assertion is claimed.
      try await world.server.change(world.client) { $0.owner = "somebody" }
      expect(try await world.send(world.assertion()), grants: "item")
    }
  }

  @Test func aStoreThatFailsAnswers503AndNobodyGetsOnByIt() async throws {
    try await AssertionWorld.run { world in
      try await world.expectTwinPasses()
      let assertion = world.assertion()
      world.server.store.failure = .unavailable("the disk is full")
      #expect(try await world.send(assertion).status == 503)
      world.server.store.failure = nil
      expect(try await world.send(world.assertion()), grants: "item")
    }
  }
}
