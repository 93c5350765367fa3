import NIOSSL
import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport
import TesseraTestSupport
import Testing

/// Clients whose keys are behind `jwks_uri`, over HTTP on both sides.
@Suite struct PublishedKeyTests {
  private struct World {
    let server: TestServer
    let client: TestClient
    let receiver: EventReceiver
    let key: TestSigner

    func publish(_ keys: [TestSigner], headers: [(String, String)] = []) {
      receiver.otherwise(.respond(200, headers: headers, body: JWKSet(keys.map(\.jwk)).json))
    }

    func send(by key: TestSigner) async throws -> TestResponse {
      try await server.send(client.tokenRequest(signed: server.assertion(of: client).signed(by: key)))
    }

    /// Registers another place of the keys, which nothing is known of yet.
    func register(_ url: String) async throws {
      try await server.change(client) { $0.keyMetadata.keySetURL = url }
    }
  }

  /// `allowed` is what an operator has listed, and `resolve` finds the addresses of hosts.
  private func run(
    allowed: [String] = ["127.0.0.0/8"],
    patience: Duration = .seconds(120),
    resolve: OutboundDocuments.Resolve? = nil,
    _ body: (World) async throws -> Void
  ) async throws {
    let authority = try TestAuthority()
    let receiver = try await EventReceiver(authority.issue())
    let rules = try #require(OutboundRules(allowed))
    let roots = NIOSSLTrustRoots.certificates(
      try NIOSSLCertificate.fromPEMBytes(Array(authority.pem.utf8))
    )
    let documents =
      if let resolve {
        OutboundDocuments(rules: rules, roots: roots, patience: patience, resolve: resolve)
      } else {
        OutboundDocuments(rules: rules, roots: roots, patience: patience)
      }
    var options = TestServer.Options()
    options.failureLimit.freeFailures = 1000
    options.publishedKeys = PublishedKeySets(clock: .system, logger: TestLog().logger) {
      await documents.keySet(at: $0)
    }
    try await TestServer.run(options) { server in
      let client = try await server.makeClient { $0.authenticationMethod = .privateKeyJWT }
      let world = World(server: server, client: client, receiver: receiver, key: TestSigner(.es256))
      world.publish([world.key])
      try await world.register(receiver.url)
      try await body(world)
    }
    try await receiver.stop()
  }

  @Test func publishedKeysProveAndAreFetchedOnce() async throws {
    try await run { world async throws in
      for _ in 0..<3 { #expect(try await world.send(by: world.key).status == 200) }
      #expect(try await world.send(by: TestSigner(.es256)).status == 400)
      #expect(world.receiver.requests.count == 1)
      #expect(world.receiver.requests.first?.method == "GET")
      try await world.register(world.receiver.url.replacing("127.0.0.1", with: "localhost"))
      #expect(try await world.send(by: world.key).status == 200, "by a name")
    }
  }

  @Test("J21 unknown key IDs fail without a storm of fetches")
  func unknownKeyIDs() async throws {
    try await run { world async throws in
      for number in 0..<200 {
        #expect(try await world.send(by: TestSigner(.es256, id: "\(number)")).status == 400)
      }
      #expect(world.receiver.requests.count == 1)
      #expect(try await world.send(by: world.key).status == 200, "the twin")
    }
  }

  @Test("J31 a weak key in a published set is none")
  func weakKey() async throws {
    try await run { world async throws in
      let n = Base64URL.encode([UInt8](repeating: 0xC5, count: 128))
      let weak = #"{"kty":"RSA","kid":"weak","n":"\#(n)","e":"AQAB"}"#
      world.receiver.otherwise(.respond(200, body: #"{"keys":[\#(weak),\#(world.key.jwk.json)]}"#))
      #expect(try await world.send(by: TestSigner(.rs256, id: "weak")).status == 400)
      #expect(try await world.send(by: world.key).status == 200, "the rest of the set is read")
    }
  }

  @Test("J33 inner addresses are not asked, by whatever name")
  func innerAddresses() async throws {
    let names = ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"]
    try await run(allowed: []) { world async throws in
      for name in names {
        try await world.register("https://\(name):\(world.receiver.port)/keys")
        #expect(try await world.send(by: world.key).status == 400, "\(name)")
      }
      #expect(world.receiver.requests.isEmpty)
    }
    try await run { world async throws in
      #expect(try await world.send(by: world.key).status == 200, "the twin")
    }
  }

  @Test("J33 a name is resolved once, and what was checked is what is connected to")
  func rebinding() async throws {
    let inner = try #require(SourceAddress("10.0.0.1"))
    let own = try #require(SourceAddress("127.0.0.1"))
    // An address of this machine that the receiver is not at.
    let other = try #require(SourceAddress("127.0.0.2"))
    for (addresses, status) in [([inner, own], 200), ([other], 400), ([inner], 400), ([], 400)] {
      let looks = Mutex(0)
      let resolve: OutboundDocuments.Resolve = { _ in
        // At a second look it is where the receiver is.
        looks.withLock { looks in
          looks += 1
          return looks > 1 ? [own] : addresses
        }
      }
      try await run(resolve: resolve) { world async throws in
        try await world.register("https://localhost:\(world.receiver.port)/keys")
        #expect(try await world.send(by: world.key).status == status, "\(addresses)")
        #expect(looks.withLock { $0 } == 1)
        #expect(world.receiver.requests.count == (status == 200 ? 1 : 0))
      }
    }
  }

  @Test("J33 only https, and only hosts that an operator has listed, where there are any")
  func schemesAndHosts() async throws {
    try await run(allowed: ["127.0.0.0/8", "keys.example"]) { world async throws in
      let port = world.receiver.port
      for url in [
        "http://127.0.0.1:\(port)/", "https://user@127.0.0.1:\(port)/", "https://localhost:\(port)/",
        "file:///etc/passwd", "https://127.0.0.1:\(port)/#a",
      ] {
        try await world.register(url)
        #expect(try await world.send(by: world.key).status == 400, "\(url)")
      }
      #expect(world.receiver.requests.isEmpty)
      try await world.register("https://127.0.0.1:\(port)/")
      #expect(try await world.send(by: world.key).status == 200, "the twin")
    }
  }

  @Test("J33 no redirect is followed, and no answer but a key set of a bounded size taken")
  func answers() async throws {
    try await run { world async throws in
      let set = JWKSet([world.key.jwk]).json
      let padded =
        set.dropLast() + #","x":""# + String(repeating: "x", count: VerificationKeys.maximumSize) + #""}"#
      let answers: [EventReceiver.Answer] = [
        .respond(302, headers: [("Location", world.receiver.url + "/2")]),
        .respond(307, headers: [("Location", world.receiver.url + "/2")]), .respond(404, body: set),
        .respond(500), .respond(200, body: "<html></html>"), .respond(200, body: String(padded)),
      ]
      for (number, answer) in answers.enumerated() {
        world.receiver.enqueue(answer)
        try await world.register("\(world.receiver.url)/\(number)")
        #expect(try await world.send(by: world.key).status == 400, "\(number)")
        #expect(world.receiver.requests.count == number + 1)
      }
      try await world.register(world.receiver.url + "/good")
      #expect(try await world.send(by: world.key).status == 200, "the twin")
    }
  }

  @Test("J33 who does not answer in time is not waited for")
  func slow() async throws {
    try await run(patience: .milliseconds(300)) { world async throws in
      world.receiver.otherwise(.hold)
      #expect(try await world.send(by: world.key).status == 400)
    }
  }

  @Test func anotherCertificateIsNotTrusted() async throws {
    try await run { world async throws in
      let stranger = try await EventReceiver(TestAuthority().issue())
      stranger.otherwise(.respond(200, body: JWKSet([world.key.jwk]).json))
      try await world.register(stranger.url)
      #expect(try await world.send(by: world.key).status == 400)
      try await stranger.stop()
    }
  }
}
