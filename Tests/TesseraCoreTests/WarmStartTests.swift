import TesseraJOSE
import TesseraStoreTesting
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What a node has in memory when it begins, and what the store is told for it.
@Suite struct WarmStartTests {
  /// Another node on the store of a server.
  private func node(
    beside server: TestServer,
    _ change: (inout Replica.Settings) -> Void = { _ in }
  ) async throws -> Replica {
    var settings = Replica.Settings()
    change(&settings)
    let replica = unbegun(beside: server, settings)
    try await replica.begin(on: server.store)
    return replica
  }

  private func unbegun(beside server: TestServer, _ settings: Replica.Settings) -> Replica {
    Replica(
      masterKeys: MasterKeys(server.masterKey),
      settings: settings,
      clock: server.clocks.wall,
      monotonicClock: server.clocks.monotonic,
      logger: server.log.logger
    )
  }

  private func isInMemory(_ id: ClientID, of replica: Replica) -> Bool {
    do throws(Interruption) {
      return try replica.client(id) != nil
    } catch {
      return false
    }
  }

  /// Clients of which one after the other gets a token, an hour apart, and the store hears of it.
  private func usedClients(_ count: Int, of server: TestServer) async throws -> [ClientID] {
    var ids: [ClientID] = []
    for _ in 0..<count {
      let client = try await server.makeClient()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      try await server.replica.recordUses()
      server.clocks.advance(seconds: 3600)
      try await server.replica.catchUp()
      ids.append(client.id)
    }
    return ids
  }

  @Test func aNodeBeginsWithTheClientsThatWereUsedLast() async throws {
    try await TestServer.run { server in
      let never = try await server.makeClient().id
      let used = try await usedClients(3, of: server)
      let replica = try await node(beside: server) { $0.warmClients = 2 }
      server.store.failure = .unavailable("away")
      #expect(used.map { isInMemory($0, of: replica) } == [false, true, true])
      #expect(!isInMemory(never, of: replica))
      server.store.failure = nil
      let cold = try await node(beside: server) { $0.warmClients = 0 }
      #expect(used.allSatisfy { !isInMemory($0, of: cold) })
    }
  }

  @Test func warmingPushesNobodyOut() async throws {
    try await TestServer.run { server in
      let used = try await usedClients(5, of: server)
      // Half of them is one generation: what is added beyond begins to push out what was there first.
      let replica = try await node(beside: server) { $0.maximumClients = 6 }
      #expect(used.map { isInMemory($0, of: replica) } == [false, false, true, true, true])
    }
  }

  @Test func whatChangesWhileANodeBeginsIsNotStale() async throws {
    try await TestServer.run { server in
      let id = try #require(try await usedClients(1, of: server).first)
      server.store.whileRevocationsAreRead {
        _ = try? await server.administration.setClient(id, enabled: false)
      }
      let disabledBefore = try await node(beside: server)
      #expect(
        !isInMemory(id, of: disabledBefore),
        "its change came after the place in the feed that was taken"
      )
      try await disabledBefore.loadClient(id)
      #expect(try disabledBefore.client(id)?.client.isEnabled == false)
    }
  }

  @Test func aNodeThatHasNotBegunAnswersNothing() async throws {
    try await TestServer.run { server in
      let replica = unbegun(beside: server, Replica.Settings())
      func refusal() -> Int? {
        do throws(Interruption) {
          _ = try replica.facts()
          return nil
        } catch .refused(let error) {
          return error.status
        } catch {
          return 0
        }
      }
      #expect(refusal() == 503)
      await #expect(throws: StoreError.unavailable("The store was not reached yet")) {
        try await replica.catchUp()
      }
      server.store.failure = .unavailable("away")
      await #expect(throws: StoreError.unavailable("away")) { try await replica.begin(on: server.store) }
      #expect(refusal() == 503)
      server.store.failure = nil
      try await replica.begin(on: server.store)
      #expect(refusal() == nil)
    }
  }

  @Test func theStoreIsToldOnceAnHourWhoGotAToken() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      try await server.replica.catchUp()
      #expect(try await server.send(client.tokenRequest(["client_secret": "wrong"])).status == 400)
      #expect(server.replica.unrecordedUses == 0, "it got no token")
      for _ in 0..<5 { #expect(try await server.send(client.tokenRequest()).status == 200) }
      #expect(server.replica.unrecordedUses == 1)
      server.store.failure = .unavailable("away")
      await #expect(throws: StoreError.unavailable("away")) { try await server.replica.recordUses() }
      server.store.failure = nil
      #expect(server.replica.unrecordedUses == 1, "it is told again")
      try await server.replica.recordUses()
      let told = try await server.store.clientsByUse(after: nil, limit: 9)
      #expect(told.map(\.client.id) == [client.id])
      #expect(told.map(\.lastUsed) == [server.clocks.wall.now])
      server.clocks.advance(seconds: 3599)
      try await server.replica.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      #expect(server.replica.unrecordedUses == 0)
      server.clocks.advance(seconds: 1)
      try await server.replica.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      #expect(server.replica.unrecordedUses == 1)
    }
  }

  /// Its memory of when they were used last begins with what the store says.
  @Test func aNodeThatStartsDoesNotTellAnewWhatIsKnown() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      try await server.replica.recordUses()
      let replica = try await node(beside: server)
      let cached = try #require(try replica.client(client.id))
      replica.noteUse(of: cached, at: server.clocks.wall.now)
      #expect(replica.unrecordedUses == 0)
      replica.noteUse(of: cached, at: server.clocks.wall.now.advanced(bySeconds: 3600))
      #expect(replica.unrecordedUses == 1)
    }
  }
}
