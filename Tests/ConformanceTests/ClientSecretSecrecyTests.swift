import TesseraCore
import TesseraJOSE
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// What an attacker learns from failures, and what is kept of secrets.
@Suite(.everyDoor) struct ClientSecretSecrecyTests {
  /// One request for each of the five ways to fail.
  private static func failures(_ server: TestServer) async throws -> [TestClient] {
    let good = try await server.makeClient()
    let disabled = try await server.makeClient()
    try await server.administration.setClient(disabled.id, enabled: false)
    let expired = try await server.makeClient { $0.secretExpiresInDays = 1 }
    let pinned = try await server.makeClient { $0.authenticationMethod = ClientAuthenticationMethod.none }
    server.clocks.advance(seconds: 86_400)
    try await server.directory.catchUp()
    return [
      TestClient(id: .random(using: .system), secret: good.secret),
      TestClient(id: good.id, secret: "ECOTBQNP44IFPCVMQNSZ"),
      disabled, expired, TestClient(id: pinned.id, secret: good.secret),
    ]
  }

  @Test("B12 unknown client, wrong secret, disabled, expired and wrong method get byte-identical answers")
  func identical() async throws {
    try await TestServer.run { server in
      let failures = try await ClientSecretSecrecyTests.failures(server)
      var inBody: [TestResponse] = []
      var inHeader: [TestResponse] = []
      for client in failures {
        inBody.append(try await server.send(client.tokenRequest()).withoutDate)
        inHeader.append(try await server.send(client.basicTokenRequest()).withoutDate)
      }
      expect(inBody[0], is: .failedInBody)
      expect(inHeader[0], is: .failedInHeader)
      #expect(inBody.allSatisfy { $0 == inBody[0] })
      #expect(inHeader.allSatisfy { $0 == inHeader[0] })
    }
  }

  @Test("B13 the five failures take the same path: from memory, through the same hash, to the same answer")
  func samePath() async throws {
    try await TestServer.run { server in
      let failures = try await ClientSecretSecrecyTests.failures(server)
      for client in failures { _ = try await server.send(client.tokenRequest()) }
      for client in failures {
        let before = server.store.readCount
        expect(try await server.send(client.tokenRequest()), is: .failedInBody)
        #expect(server.store.readCount == before, "no store call, known client or not")
      }
      #expect(CachedClient.decoy.client.secrets.count == 1, "an unknown client has a secret to compare with")
    }
  }

  @Test("B14 failures are slowed down more and more, and a while later forgotten")
  func growingDelay() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let wrong = client.tokenRequest(["client_secret": "wrong-secret"])
      for _ in 0..<5 { expect(try await server.send(wrong), is: .failedInBody) }
      for delay in ["1", "2", "4", "8", "16", "32", "60", "60"] {
        expect(try await server.send(wrong), is: .failedInBody, "the attempt after the delay")
        let response = try await server.send(client.tokenRequest())
        #expect(response.status == 429, "even the right secret is not looked at")
        #expect(response.header("retry-after") == delay)
        server.clocks.advance(seconds: try #require(Int64(delay)))
        try await server.directory.catchUp()
      }
      expect(try await server.send(client.tokenRequest()), grants: "item", "after the delay")
      for _ in 0..<5 { expect(try await server.send(wrong), is: .failedInBody, "success has forgotten them") }
    }
  }

  @Test("B14 an attacker at one address cannot lock the client out at another")
  func noLockOut() async throws {
    var options = TestServer.Options()
    options.proxies = TrustedProxies([try #require(AddressRange("127.0.0.1"))])
    try await TestServer.run(options) { server in
      let client = try await server.makeClient()
      let wrong = client.tokenRequest(["client_secret": "wrong-secret"])
        .forwarded(for: "203.0.113.66")
      for _ in 0..<6 { _ = try await server.send(wrong) }
      #expect(try await server.send(wrong).status == 429)
      let elsewhere = client.tokenRequest().forwarded(for: "203.0.113.7")
      expect(try await server.send(elsewhere), grants: "item")
      let forged = client.tokenRequest().forwarded(for: "203.0.113.7, 203.0.113.66")
      #expect(try await server.send(forged).status == 429, "only the last address is the proxy's word")
    }
  }

  @Test("B14 an IPv6 attacker is counted by its /64")
  func ipv6() async throws {
    var options = TestServer.Options()
    options.proxies = TrustedProxies([try #require(AddressRange("127.0.0.1"))])
    try await TestServer.run(options) { server in
      let client = try await server.makeClient()
      for host in 1...6 {
        let request = client.tokenRequest(["client_secret": "wrong-secret"])
          .forwarded(for: "2001:db8:1:2::\(host)")
        _ = try await server.send(request)
      }
      let sameNetwork = client.tokenRequest().forwarded(for: "2001:db8:1:2:ffff::1")
      #expect(try await server.send(sameNetwork).status == 429)
      let otherNetwork = client.tokenRequest().forwarded(for: "2001:db8:1:3::1")
      expect(try await server.send(otherNetwork), grants: "item")
    }
  }

  @Test("O3 guesses from all over a /48 are slowed down, and hold up no source that succeeded before")
  func wholePrefix() async throws {
    var options = TestServer.Options()
    options.proxies = TrustedProxies([try #require(AddressRange("127.0.0.1"))])
    try await TestServer.run(options) { server in
      let client = try await server.makeClient()
      let own = client.tokenRequest().forwarded(for: "2001:db8:1:ffff::1")
      expect(try await server.send(own), grants: "item")
      var statuses: [Int: Int] = [:]
      for network in 0..<100 {
        let guess = client.tokenRequest(["client_secret": "wrong-secret \(network)"])
          .forwarded(for: "2001:db8:1:\(network)00::1")
        statuses[try await server.send(guess).status, default: 0] += 1
      }
      #expect(statuses[429] == 52, "as often as eight sources are looked at, and no more: \(statuses)")
      let stranger = client.tokenRequest().forwarded(for: "2001:db8:1:abcd::1")
      #expect(try await server.send(stranger).status == 429)
      expect(try await server.send(own), grants: "item")
    }
  }

  @Test("O3 guesses at an imported secret from everywhere are slowed down, and lock out no source of its own")
  func imported() async throws {
    var options = TestServer.Options()
    options.proxies = TrustedProxies([try #require(AddressRange("127.0.0.1"))])
    try await TestServer.run(options) { server in
      let client = try await server.makeClient { $0.importedSecret = "correct horse" }
      let other = try await server.makeClient()
      let own = client.tokenRequest().forwarded(for: "192.0.2.7")
      expect(try await server.send(own), grants: "item")
      var statuses: [Int: Int] = [:]
      for network in 0..<120 {
        let guess = client.tokenRequest(["client_secret": "wrong horse \(network)"])
          .forwarded(for: "10.0.\(network).1")
        statuses[try await server.send(guess).status, default: 0] += 1
      }
      #expect(statuses[429] == 24, "as often as sixteen sources are looked at, and no more: \(statuses)")
      let right = client.tokenRequest().forwarded(for: "198.51.100.1")
      #expect(try await server.send(right).status == 429, "so the right one tells a stranger nothing")
      expect(try await server.send(own), grants: "item")
      let another = other.tokenRequest().forwarded(for: "198.51.100.1")
      expect(try await server.send(another), grants: "item")
    }
  }

  @Test("B16 the store has a keyed hash, never the secret, and another master key gives another hash")
  func hashed() async throws {
    try await TestServer.run { server in
      let made = try await server.makeClient()
      let imported = try await server.makeClient { $0.importedSecret = "correct horse" }
      for client in [made, imported] {
        let stored = try #require(try await server.store.client(client.id))
        #expect(!"\(stored)".contains(client.secret))
      }
      guard case .keyed(let digest)? = try await server.store.client(made.id)?.secrets.first?.hash,
        let otherKey = MasterKey(bytes: [UInt8](repeating: 8, count: 32))
      else {
        Issue.record("a made secret has a keyed hash")
        return
      }
      #expect(SecretHasher(masterKey: server.masterKey).digest(made.secret) == digest)
      #expect(SecretHasher(masterKey: otherKey).digest(made.secret) != digest)
      guard case .stretched? = try await server.store.client(imported.id)?.secrets.first?.hash else {
        Issue.record("an imported secret has a stretched hash")
        return
      }
    }
  }

  @Test("B18 no secret, token or parameter is in the log or in the store")
  func secrecy() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      var target = client.tokenRequest(["scope": "item,event", "extra": "Marker-1"])
      target.target += "?client_secret=Marker-2"
      let granted = try await server.send(target)
      let token = try #require(granted.accessToken)
      _ = try await server.send(client.basicTokenRequest())
      _ = try await server.send(client.tokenRequest(["client_secret": "Marker-3"]))
      _ = try await server.send(client.tokenRequest(["scope": "Marker-4"]))
      var path = client.tokenRequest()
      path.target = "/oauth/token/Marker-5"
      _ = try await server.send(path.adding("X-Marker", "Marker-6"))
      // A line is written after its answer is on the way.
      try await wait { server.log.lines.count >= 5 }
      let contents = server.log.lines.joined(separator: "\n")
      #expect(server.log.lines.count == 5)
      #expect(contents.contains("client=\(client.id)"))
      for marker in [client.secret, token, "Marker", "event"] { #expect(!contents.contains(marker)) }

      let audit = try await server.store.auditRecords(before: nil, subject: nil, limit: 100)
      let stored = "\(audit) \(String(describing: try await server.store.client(client.id)))"
      for marker in [client.secret, token, "Marker"] { #expect(!stored.contains(marker)) }
    }
  }
}
