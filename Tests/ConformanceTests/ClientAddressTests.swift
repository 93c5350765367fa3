import TesseraCore
import TesseraTestSupport
import Testing

/// From where a client may ask is asked of every client, after its proof.
@Suite(.everyDoor) struct ClientAddressTests {
  private func answer(_ ranges: [String], from address: String) async throws -> TestResponse {
    var options = TestServer.Options()
    options.proxies = TrustedProxies(["127.0.0.1"].compactMap(AddressRange.init))
    return try await TestServer.run(options) { server in
      let client = try await server.makeClient()
      try await server.change(client) { $0.allowedAddresses = ranges.compactMap(AddressRange.init) }
      return try await server.send(client.tokenRequest().forwarded(for: address))
    }
  }

  @Test(
    "A client gets tokens from the addresses that it is allowed",
    arguments: [
      ([], "203.0.113.9"), (["203.0.113.0/24"], "203.0.113.9"),
      (["10.0.0.0/8", "203.0.113.9"], "203.0.113.9"),
      (["2001:db8::/32"], "2001:db8::5"),
    ] as [([String], String)]
  )
  func isAdmitted(ranges: [String], address: String) async throws {
    #expect(try await answer(ranges, from: address).status == 200)
  }

  @Test(
    "From elsewhere it gets what a wrong secret gets",
    arguments: [
      (["203.0.113.0/24"], "203.0.114.9"), (["10.0.0.0/8"], "203.0.113.9"),
      (["2001:db8::/32"], "203.0.113.9"),
      (["203.0.113.0/24"], "2001:db8::5"),
    ]
  )
  func isRefused(ranges: [String], address: String) async throws {
    var options = TestServer.Options()
    options.proxies = TrustedProxies(["127.0.0.1"].compactMap(AddressRange.init))
    try await TestServer.run(options) { server in
      let client = try await server.makeClient()
      try await server.change(client) { $0.allowedAddresses = ranges.compactMap(AddressRange.init) }
      let refused = try await server.send(client.tokenRequest().forwarded(for: address))
      let wrong = try await server.send(
        client.tokenRequest(["client_secret": "wrong"]).forwarded(for: address)
      )
      #expect(refused.status == wrong.status && refused.body == wrong.body)
      #expect(refused.status != 200)
    }
  }
}
