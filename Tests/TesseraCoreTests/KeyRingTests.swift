import TesseraStoreTesting
import TesseraTestSupport
import Testing

@testable import TesseraCore

@Suite struct KeyRingTests {
  /// A pending key does not seal, the one before it does until then, and keeps opening afterwards.
  @Test func rotatesWithoutAnInvalidToken() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let inspector = TestInspector(
        directory: server.directory,
        formats: [SealedAccessToken(issuer: TestServer.issuer)],
        clock: server.clocks.wall
      )
      func token() async throws -> (text: String, keyNumber: UInt16) {
        let text = try #require(try await server.send(client.tokenRequest()).member("accessToken"))
        guard case .active(let opened) = try inspector.inspect(text[...].utf8) else { throw NotActive() }
        return (text, opened.keyNumber)
      }
      let first = try await token()
      #expect(first.keyNumber == 1)
      let key = try await server.administration.rotateKey(for: .sealing, now: true)
      #expect(key.number == 3)
      try await server.directory.catchUp()
      #expect(try await token().keyNumber == 1, "the new key is pending")
      #expect(try await states(server) == [.active, .active, .pending])
      server.clocks.advance(seconds: 5)
      #expect(try await token().keyNumber == 3)
      #expect(try await states(server) == [.retiring, .active, .active])
      guard case .active = try inspector.inspect(first.text[...].utf8) else { throw NotActive() }
      server.clocks.advance(seconds: 86_400)
      #expect(try await states(server) == [.gone, .active, .active])
    }
  }

  private struct NotActive: Error {}

  private func states(_ server: TestServer) async throws -> [KeyRing.State] {
    try await server.administration.keys().map(\.state)
  }

  @Test func exactlyOneOfManyRotationsAtOnceSucceeds() async throws {
    try await TestServer.run { server in
      let key = try #require(try await server.store.keys().first)
      let next = WrappedKey(
        number: 3,
        use: key.use,
        wrapped: key.wrapped,
        createdAt: key.createdAt,
        activatesAt: key.activatesAt
      )
      let event = AuditEvent(
        time: key.createdAt,
        actor: "test",
        action: .keyRotated,
        subject: "key 3"
      )
      let successes = await withTaskGroup { group in
        for _ in 0..<20 {
          group.addTask { (try? await server.store.insertKey(next, audit: event)) != nil }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(successes == 1)
    }
  }

  @Test func refusesAnotherMasterKey() async throws {
    try await TestServer.run { server in
      let other = try #require(MasterKey(bytes: [UInt8](repeating: 9, count: 32)))
      let keys = try await server.store.keys()
      #expect(throws: KeyUnwrappingError(number: 1)) { try KeyRing(keys, masterKey: other) }
      #expect(other.checkValue != server.masterKey.checkValue)
    }
  }
}
