import NIOCore
import NIOEmbedded
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// How many connections one address may have.
@Suite struct AddressLimitTests {
  private static func address(_ text: String) throws -> SourceAddress { try #require(SourceAddress(text)) }

  @Test(
    arguments: [
      (["192.0.2.1", "192.0.2.1", "192.0.2.1"], [true, true, false]),
      (["192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.2", "192.0.2.2"], [true, true, true, true, false]),
      // One /64 is one, the next another.
      (["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"], [true, true, false, true]),
      (["::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"], [true, true, false]),
      // An IPv4 address is not the IPv6 network of the same bits.
      (["0:0:c000:201::1", "0:0:c000:201::1", "192.0.2.1"], [true, true, true]),
      (["10.0.0.1", "10.0.0.1", "10.0.0.1", "10.9.9.9"], [true, true, true, true]),
    ]
  )
  func eachHasTwo(_ addresses: [String], _ admitted: [Bool]) throws {
    let limit = AddressLimit(limit: 2, exempt: ["10.0.0.0/8"].compactMap(AddressRange.init))
    let channels = addresses.map { _ in EmbeddedChannel() }
    for ((channel, address), isAdmitted) in zip(zip(channels, addresses), admitted) {
      #expect(try limit.admit(channel, from: AddressLimitTests.address(address)) == isAdmitted)
    }
    for channel in channels { _ = try channel.finish() }
  }

  @Test func aConnectionThatIsGoneMakesRoom() throws {
    let limit = AddressLimit(limit: 1, exempt: [])
    let address = try AddressLimitTests.address("192.0.2.1")
    for _ in 0..<3 {
      let (first, second) = (EmbeddedChannel(), EmbeddedChannel())
      #expect(limit.admit(first, from: address))
      #expect(!limit.admit(second, from: address))
      for channel in [second, first] { _ = try channel.finish() }
    }
  }

  @Test func theListenerTellsThatThereAreTooMany() async throws {
    let endpoint = HangingEndpoint()
    endpoint.release()
    var limits = HangingEndpoint.patient
    limits.maximumConnectionsPerAddress = 1
    let log = TestLog()
    try await HangingEndpoint.run(endpoint, limits, log: log) { port in
      let first = try await TestConnection(port: port)
      await first.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try await first.response()?.status == 200)
      let second = try await TestConnection(port: port)
      let refusal = try await second.response()
      #expect(refusal?.status == 503)
      #expect(refusal?.header("retry-after") != nil)
      #expect(log.lines.contains { $0.contains("http.max-connections-per-address") })
      await first.close()
      try await wait {
        let next = try await TestConnection(port: port)
        await next.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n")
        defer { Task { await next.close() } }
        return try await next.response()?.status == 200
      }
    }
  }
}
