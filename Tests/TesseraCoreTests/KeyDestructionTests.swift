import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// A key that has leaked is taken out at once.
@Suite struct KeyDestructionTests {
  /// The states by number, of the keys for one use.
  private func states(_ server: TestServer, _ use: KeyUse) async throws -> [UInt16: KeyRing.State] {
    let keys = try await server.administration.keys().filter { $0.key.use == use }
    return Dictionary(uniqueKeysWithValues: keys.map { ($0.key.number, $0.state) })
  }

  private func isActive(_ token: String, _ server: TestServer) throws -> Bool {
    try server.openToken(token) != nil
  }

  @Test(arguments: [(KeyUse.sealing, TokenFormat.opaque, UInt16(1)), (.signing(.es256), .jwt, 2)])
  func theActiveOneHasASuccessorAtOnceAndItsTokensAreGone(
    use: KeyUse,
    format: TokenFormat,
    number: UInt16
  ) async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.tokenFormat = format }
      let old = try #require(try await server.send(client.tokenRequest()).accessToken)
      #expect(try isActive(old, server))
      let destruction = try await server.administration.destroyKey(number)
      #expect(destruction.key.key.use == use)
      #expect(destruction.successor?.key.number == 3 && destruction.successor?.state == .active)
      try await server.replica.catchUp()
      #expect(try !isActive(old, server))
      let new = try #require(try await server.send(client.tokenRequest()).accessToken)
      #expect(try isActive(new, server))
      #expect(try await states(server, use) == [3: .active])
      let audit = try await server.store.auditRecords(before: nil, subject: "key \(number)", limit: 1)
      #expect(audit.first?.event.action == .keyRemoved)
      #expect(audit.first?.event.details == ["use": use.description, "reason": "destroyed"])
    }
  }

  @Test func theOneThatWaitsTakesOverWhereThereIsOne() async throws {
    try await TestServer.run { server in
      let pending = try await server.administration.rotateKeys(for: [.sealing])
      #expect(try await states(server, .sealing) == [1: .active, 3: .pending])
      let destruction = try await server.administration.destroyKey(1)
      #expect(destruction.successor?.key.number == pending.first?.number)
      #expect(try await states(server, .sealing) == [3: .active])
    }
  }

  @Test func oneThatIsNotInUseHasNone() async throws {
    try await TestServer.run { server in
      _ = try await server.administration.rotateKeys(for: [.sealing])
      #expect(try await server.administration.destroyKey(3).successor == nil)
      #expect(try await states(server, .sealing) == [1: .active])
      _ = try await server.administration.rotateKeys(for: [.sealing], now: true)
      server.clocks.advance(seconds: 6)
      #expect(try await states(server, .sealing) == [1: .retiring, 3: .active])
      #expect(try await server.administration.destroyKey(1).successor == nil)
      #expect(try await states(server, .sealing) == [3: .active])
    }
  }

  @Test func oneThatIsNotThereIsNotFound() async throws {
    try await TestServer.run { server in
      _ = await #expect(
        throws: AdministrationError.notFound(
          .key,
          "there is no key 9; 'tessera key list' shows those there are"
        )
      ) { _ = try await server.administration.destroyKey(9) }
    }
  }
}
