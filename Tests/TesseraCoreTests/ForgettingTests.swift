import TesseraJOSE
import TesseraStoreTesting
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// That no revocation is forgotten too early, whatever the clock says and whatever happens meanwhile.
@Suite struct ForgettingTests {
  @Test("P a clock that goes twice as fast as time at most, and back at once")
  func clock() {
    let start = Timestamp(milliseconds: 1_000_000)
    var clock = ForgettingClock(at: start, monotonic: 0)
    func at(_ milliseconds: Int64) -> Timestamp { start.advanced(byMilliseconds: milliseconds) }
    let readings: [(wall: Int64, monotonic: Int64, expected: Int64, String)] = [
      (100, 100, 100, "right"),
      (1_000_000, 150, 200, "set forward"),
      (1_000_100, 250, 400, "twice as fast"),
      (300, 300, 300, "set back"),
      (400, 300, 300, "no time has passed"),
      (400, 350, 400, "it catches up"),
    ]
    for reading in readings {
      let time = clock.time(at(reading.wall), monotonic: reading.monotonic)
      #expect(time == at(reading.expected), "\(reading.3)")
    }
  }

  @Test(
    "P a clock that was set forward and back makes no revoked token active again",
    arguments: [1, 30, 3650]
  )
  func setForwardAndBack(days: Int64) async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let text = try #require(try await server.send(client.tokenRequest()).member("accessToken"))
      let token = try #require(try server.openToken(text))
      try await server.administration.revokeToken(token)
      try await server.replica.catchUp()
      server.clocks.setWallClock(bySeconds: days * 86_400)
      for _ in 0..<60 {
        server.clocks.advance(seconds: 9)
        server.replica.forgetExpiredRevocations()
        try await server.store.removeRevocations(expiredBefore: server.replica.forgettingTime())
      }
      // A node that starts while the clock is wrong reads them all the same.
      let other = try await Replica(
        store: server.store,
        masterKey: server.masterKey,
        clock: server.clocks.wall,
        monotonicClock: server.clocks.monotonic,
        logger: server.log.logger
      )
      other.forgetExpiredRevocations()
      server.clocks.setWallClock(bySeconds: -days * 86_400)
      #expect(try server.replica.isRevoked(token.id))
      #expect(try other.isRevoked(token.id))
      #expect(try await server.store.revocation(of: token.id) != nil)
    }
  }

  @Test("P a revocation that was acknowledged while everything is read again counts at once")
  func reload() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      var tokens: [OpenedToken] = []
      for _ in 0..<2 {
        let text = try #require(try await server.send(client.tokenRequest()).member("accessToken"))
        tokens.append(try #require(try server.openToken(text)))
      }
      try await server.replica.catchUp()
      let event = AuditEvent(time: server.clocks.wall.now, actor: "test", action: .tokenRevoked, subject: "x")
      try await server.replica.revoke(Revocation(of: tokens[0]), audit: event)
      // A gap: what was heard last is gone.
      server.clocks.advance(seconds: 500)
      _ = try await server.makeClient()
      try await server.store.removeChanges(madeBefore: server.clocks.wall.now, limit: .max)
      let second = Revocation(of: tokens[1])
      server.store.whileRevocationsAreRead {
        try? await server.replica.revoke(second, audit: event)
      }
      try await server.replica.catchUp()
      for token in tokens { #expect(try server.replica.isRevoked(token.id)) }
    }
  }

  @Test("O1 a node reads the revocations of others together, and its own not at all")
  func reads() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let other = try await Replica(
        store: server.store,
        masterKey: server.masterKey,
        clock: server.clocks.wall,
        monotonicClock: server.clocks.monotonic,
        logger: server.log.logger
      )
      try await server.replica.catchUp()
      let event = AuditEvent(time: server.clocks.wall.now, actor: "test", action: .tokenRevoked, subject: "x")
      for _ in 0..<20 {
        let text = try #require(try await server.send(client.tokenRequest()).member("accessToken"))
        let token = try #require(try server.openToken(text))
        try await server.replica.revoke(Revocation(of: token), audit: event)
      }
      let before = server.store.readCount(of: .revocations)
      try await server.replica.catchUp()
      #expect(server.store.readCount(of: .revocations) == before)
      try await other.catchUp()
      #expect(server.store.readCount(of: .revocations) == before + 1)
      #expect(other.revokedTokenCount == 20)
    }
  }
}
