import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What token requests came to, counted in memory and told to the store now and then.
@Suite struct UsageTests {
  /// Those around the time of the tests' clocks: a store looks at each hour that it is asked for.
  private static let allHours = UsageHour(number: 469_000)..<UsageHour(number: 471_000)

  /// What the store knows after it was told, by hour.
  private func usage(_ server: TestServer, _ id: ClientID?) async throws -> [ClientUsage] {
    try await server.replica.recordUsage()
    return try await server.store.usage(of: id, in: UsageTests.allHours)
  }

  private func sum(_ server: TestServer, _ id: ClientID?) async throws -> UsageCounts {
    try await usage(server, id).reduce(into: UsageCounts()) { $0.add($1.counts) }
  }

  @Test(.everyDoor) func tokensAreCountedByHourAndScope() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let other = try await server.makeClient()
      for _ in 0..<3 { #expect(try await server.send(client.tokenRequest()).status == 200) }
      #expect(try await server.send(client.tokenRequest(["scope": "item,event"])).status == 200)
      #expect(try await server.send(other.tokenRequest()).status == 200)
      #expect(try await server.store.firstUsage() == nil, "nothing is told on the way")
      let hour = UsageHour(of: server.clocks.wall.now)
      var known = try await usage(server, client.id)
      #expect(known.map(\.hour) == [hour])
      #expect(known.map(\.counts.issued) == [4])
      #expect(known.map(\.counts.scopes) == [["item": 4, "event": 1]])

      server.clocks.advance(seconds: 3600)
      try await server.replica.catchUp()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      known = try await usage(server, client.id)
      #expect(known.map(\.hour) == [hour, hour.advanced(by: 1)])
      #expect(known.map(\.counts.issued) == [4, 1])
      #expect(try await usage(server, nil).map(\.counts.issued) == [5, 1])
      #expect(try await usage(server, other.id).map(\.counts.issued) == [1])
    }
  }

  @Test(.everyDoor) func refusalsAreCountedByReason() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.scopes = ["item"] }
      let requests: [[String: String?]] = [
        ["client_secret": "wrong"], ["scope": "event"], ["scope": "event"], ["grant_type": "password"],
        ["grant_type": nil],
      ]
      for change in requests {
        #expect(try await server.send(client.tokenRequest(change)).status >= 400)
      }
      let counts = try await sum(server, client.id)
      #expect(counts.issued == 0 && counts.scopes.isEmpty)
      #expect(
        counts.denied == [
          "invalid_client": 1, "invalid_scope": 2, "unsupported_grant_type": 1, "invalid_request": 1,
        ]
      )
      #expect(try await sum(server, nil).denied == counts.denied)
      try await server.administration.setClient(client.id, enabled: false)
      try await server.replica.catchUp()
      #expect(try await server.send(client.tokenRequest()).status >= 400)
      #expect(try await sum(server, client.id).denied["invalid_client"] == 2)
    }
  }

  @Test func strangersAreCountedInTheSumOnly() async throws {
    var options = TestServer.Options()
    options.failureLimit.freeFailures = 1000
    try await TestServer.run(options) { server in
      for number in 0..<50 {
        let stranger = TestClient(id: try #require(ClientID("stranger \(number)")), secret: "guess")
        #expect(try await server.send(stranger.tokenRequest()).status == 400)
      }
      #expect(try await server.send(TestRequest(form: [("grant_type", "client_credentials")])).status >= 400)
      #expect(server.replica.unrecordedUsage == 0, "they take no memory")
      let denied = try await sum(server, nil).denied
      #expect(denied == ["invalid_client": 51])
      let id = try #require(ClientID("stranger 7"))
      #expect(try await server.store.usage(of: id, in: UsageTests.allHours) == [])
    }
  }

  @Test func whatCouldNotBeToldIsToldTheNextTime() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      server.store.failure = .unavailable("away")
      for _ in 0..<2 {
        await #expect(throws: StoreError.unavailable("away")) { try await server.replica.recordUsage() }
        #expect(try await server.send(client.tokenRequest()).status == 200)
      }
      server.store.failure = nil
      #expect(try await sum(server, client.id).issued == 3)
      #expect(try await sum(server, client.id).issued == 3, "and only once")
      #expect(try await sum(server, nil).issued == 3)
    }
  }

  @Test func aChangeOfTheClientLosesNothing() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      #expect(try await server.send(client.tokenRequest()).status == 200)
      try await server.change(client) { $0.tokenLifetime = 60 }
      #expect(try await server.send(client.tokenRequest()).status == 200)
      #expect(try await sum(server, client.id).issued == 2)
    }
  }

  @Test func moreClientsThanThereIsRoomForAreCountedInTheSum() async throws {
    var options = TestServer.Options()
    options.replica.maximumClients = 8
    try await TestServer.run(options) { server in
      var clients: [TestClient] = []
      for _ in 0..<30 { clients.append(try await server.makeClient()) }
      for client in clients { #expect(try await server.send(client.tokenRequest()).status == 200) }
      #expect(server.replica.unrecordedUsage <= 8 + 1, "and what there was no room for, in one hour")
      server.store.failure = .unavailable("away")
      await #expect(throws: StoreError.unavailable("away")) { try await server.replica.recordUsage() }
      #expect(server.replica.unrecordedUsage <= 8 + 1)
      server.store.failure = nil
      #expect(try await sum(server, nil).issued == 30, "the sum is right all the same")
      let totals = try await server.store.usageTotals(of: clients.map(\.id), in: UsageTests.allHours)
      #expect(totals.count <= 8 && totals.allSatisfy { $0.counts.issued == 1 })
      #expect(totals.count >= 7)
    }
  }

  @Test func everyCombinationOfScopesCounts() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let names = ["item", "event", "profile", "promotion"]
      for _ in 0..<2 {
        for set in 1..<16 {
          let scopes = names.enumerated().filter { set & 1 << $0.offset != 0 }.map(\.element)
          let request = client.tokenRequest(["scope": scopes.joined(separator: ",")])
          #expect(try await server.send(request).status == 200)
        }
      }
      let counts = try await sum(server, client.id)
      #expect(counts.issued == 30)
      #expect(counts.scopes == ["item": 16, "event": 16, "profile": 16, "promotion": 16])
    }
  }

  @Test func aClockThatIsSetBackAndForthTakesNoMoreMemory() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      for hour in 0..<10 {
        server.clocks.setWallClock(bySeconds: hour.isMultiple(of: 2) ? 7200 : -3600)
        #expect(try await server.send(client.tokenRequest()).status == 200)
      }
      #expect(try await !usage(server, client.id).isEmpty)
    }
    // Each event loop may have a copy of the client, with a tally of its own, and so has the node.
    var tally = UsageTally()
    for hour in 0..<10 {
      tally.countDenied(.invalidScope, at: Timestamp(milliseconds: Int64(hour) * 3_600_000))
      #expect(tally.counts.count <= 4 && !tally.isEmpty)
    }
  }

  @Test func nothingIsWrittenWhereNothingWasAsked() async throws {
    try await TestServer.run { server in
      server.store.failure = .unavailable("not to be asked")
      try await server.replica.recordUsage()
      #expect(server.replica.unrecordedUsage == 0)
    }
  }
}
