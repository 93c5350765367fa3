import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraManagement

@Suite struct NodeHealthTests {
  @Test func aNodeIsReadyWhenItHasAStoreAndListensAndIsNotStopping() async throws {
    try await TestServer.run { server in
      let health = NodeHealth(of: server.replica)
      #expect(
        health.reasonsNotReady == ["the store was not reached yet", "the public listener is not open yet"]
      )
      health.isListening()
      #expect(health.reasonsNotStarted == ["the store was not reached yet"])
      health.storeIsThere()
      #expect(health.reasonsNotStarted == [] && health.reasonsNotReady == [])
      health.isDraining()
      #expect(health.reasonsNotReady == ["the server is stopping"])
      #expect(health.reasonsNotStarted == [])
    }
  }

  @Test func aNodeThatWouldAnswer503IsNotReady() async throws {
    try await TestServer.run { server in
      let health = NodeHealth(of: server.replica)
      health.isListening()
      health.storeIsThere()
      server.clocks.advance(seconds: 601)
      #expect(health.reasonsNotReady == ["the store has not answered for too long"])
      #expect(server.replica.staleness ?? 0 >= 601)
      #expect(health.reasonsNotStarted == [])
      try await server.replica.catchUp()
      #expect(health.reasonsNotReady == [])
      #expect(server.replica.staleness == 0)
    }
  }
}
