import TesseraCore
import TesseraTestSupport
import Testing

/// Behind a TLS proxy: what it has to say of each request, and whose address counts.
@Suite(.everyDoor) struct ProxyTests {
  private static let tlsRequired = SeedError.invalidRequest("TLS is required")
  private static let callerNotNamed = SeedError.invalidRequest("The proxy does not identify its caller")

  private static func behindProxy(_ range: String = "127.0.0.1") throws -> TestServer.Options {
    var options = TestServer.Options()
    options.proxies = TrustedProxies([try #require(AddressRange(range))])
    return options
  }

  @Test("T3 behind a TLS proxy a request that was not made over TLS, or might not have been, is refused")
  func plainBehindProxy() async throws {
    try await TestServer.run(ProxyTests.behindProxy()) { server in
      let request = try await server.makeClient().tokenRequest().adding("X-Forwarded-For", "203.0.113.7")
      expect(try await server.send(request), is: ProxyTests.tlsRequired)
      for proto in ["", "http", "https, http"] {
        let answer = try await server.send(request.adding("X-Forwarded-Proto", proto))
        expect(answer, is: ProxyTests.tlsRequired)
      }
      expect(try await server.send(request.adding("X-Forwarded-Proto", "https")), grants: "item")
    }
  }

  @Test("T3 behind a TLS proxy a request that does not come from it is refused")
  func untrustedPeer() async throws {
    try await TestServer.run(ProxyTests.behindProxy("192.0.2.0/24")) { server in
      let request = try await server.makeClient().tokenRequest().forwarded(for: "203.0.113.7")
      expect(try await server.send(request), is: ProxyTests.tlsRequired)
    }
  }

  @Test(
    "B14 behind a proxy that does not name its callers none is counted by the proxy's address: all are refused",
    arguments: [[], [""], ["unknown"], ["203.0.113.7, unknown"], ["203.0.113.7, 127.0.0.1"], ["127.0.0.1:x"]]
  )
  func unnamedCaller(forwarded: [String]) async throws {
    try await TestServer.run(ProxyTests.behindProxy()) { server in
      let client = try await server.makeClient()
      let fields = forwarded.map { ("X-Forwarded-For", $0) }
      for secret in ["wrong-secret", client.secret] {
        var request = client.tokenRequest(["client_secret": secret]).adding("X-Forwarded-Proto", "https")
        request.headers += fields + [("Forwarded", "for=203.0.113.7;proto=https")]
        for _ in 0..<6 { expect(try await server.send(request), is: ProxyTests.callerNotNamed) }
      }
      expect(try await server.send(client.tokenRequest().forwarded(for: "203.0.113.7")), grants: "item")
      // Once a minute at most, and this takes a while on a busy machine.
      let advice = server.log.lines.filter {
        $0.contains("let the proxy") || $0.contains("than http.proxy-hops are refused")
      }
      #expect((1..<6).contains(advice.count), "said with what to set, not each time: \(advice)")
    }
  }

  @Test("B14 a caller at a trusted address cannot choose the address that it is counted by")
  func callerAmongTheProxies() async throws {
    try await TestServer.run(ProxyTests.behindProxy("127.0.0.0/8")) { server in
      let client = try await server.makeClient()
      let wrong = client.tokenRequest(["client_secret": "wrong-secret"])
      // The proxy has appended where it was asked from.
      for guess in 0..<9 {
        let forged = wrong.forwarded(for: "203.0.113.\(guess), 127.0.0.2")
        expect(try await server.send(forged), is: ProxyTests.callerNotNamed)
      }
      for _ in 0..<6 { _ = try await server.send(wrong.forwarded(for: "127.0.0.2")) }
      #expect(try await server.send(wrong.forwarded(for: "127.0.0.2")).status == 429)
    }
  }
}

/// Behind a TLS proxy, who may ask is a question about its callers.
@Suite struct TrustedPeerTests {
  @Test(
    "X1 behind a TLS proxy the trusted peers are the callers that it names, not the proxy",
    arguments: ["/oauth2/verify?scope=item", "/oauth2/revocations"]
  )
  func trustedPeersBehindProxy(target: String) async throws {
    var options = TestServer.Options()
    options.proxies = TrustedProxies([try #require(AddressRange("127.0.0.1"))])
    options.verifyPeers = [try #require(AddressRange("192.0.2.0/24"))]
    options.revocationFeedPeers = options.verifyPeers
    try await TokenWorld.run(options) { world async throws in
      var request = TestRequest()
      request.method = "GET"
      request.target = target
      request.headers = [("Authorization", "Bearer \(world.token)")]
      for (caller, status) in [("192.0.2.7", 200), ("203.0.113.7", 404), ("192.0.2.7, 203.0.113.7", 404)] {
        #expect(try await world.server.send(request.forwarded(for: caller)).status == status, "\(caller)")
      }
      #expect(
        try await world.server.send(request.forwarded(for: "127.0.0.1")).status == 404,
        "the proxy itself"
      )
      #expect(try await world.server.send(request).status == 400, "whoever does not come through it")
    }
    options.verifyPeers = [try #require(AddressRange("127.0.0.1"))]
    options.revocationFeedPeers = options.verifyPeers
    try await TokenWorld.run(options) { world async throws in
      let answer = try await world.server.get(
        target,
        headers: [
          ("Authorization", "Bearer \(world.token)"), ("X-Forwarded-For", "203.0.113.7"),
          ("X-Forwarded-Proto", "https"),
        ]
      )
      #expect(answer.status == 404, "naming the proxy does not let its callers in")
    }
  }
}
