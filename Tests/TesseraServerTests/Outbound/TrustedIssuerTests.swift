import NIOSSL
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport
import TesseraTestSupport
import Testing

/// Where the keys of platforms come from that clients trust, over HTTP on both sides.
@Suite struct TrustedIssuerTests {
  private struct World {
    let server: TestServer
    let client: TestClient
    let receiver: EventReceiver
    let clocks: TestClocks
    let key: TestSigner
    let issuer: String

    func keySet(_ keys: TestSigner...) -> EventReceiver.Answer {
      .respond(200, body: JWKSet(keys.map(\.jwk)).json)
    }

    /// The metadata of an issuer, with where its keys are.
    func metadata(of issuer: String, keys: String? = nil) -> EventReceiver.Answer {
      .respond(200, body: #"{"issuer":"\#(issuer)","jwks_uri":"\#(keys ?? self.issuer + "/keys")"}"#)
    }

    func trust(
      _ keys: ClientTrust.Keys,
      issuer: String? = nil,
      preset: TrustPreset = .generic
    ) async throws {
      let trust = ClientTrust(
        name: "platform",
        preset: preset,
        issuer: issuer ?? self.issuer,
        audiences: ["https://tessera.example"],
        conditions: [ClaimCondition("sub", "job")],
        keys: keys,
        longestLifetime: 3600,
        isReusable: true,
        createdAt: server.clocks.wall.now
      )
      try await server.change(client) { $0.keyMetadata.trusts = [trust] }
    }

    func send(by key: TestSigner, issuer: String? = nil) async throws -> Int {
      let assertion = TestAssertion(
        header: [],
        claims: [
          ("iss", #""\#(issuer ?? self.issuer)""#), ("sub", #""job""#),
          ("aud", #""https://tessera.example""#),
          ("exp", "\(server.seconds + 60)"),
        ]
      )
      let form = ["client_id": client.id.rawValue]
      return try await server.send(client.tokenRequest(signed: assertion.signed(by: key), form)).status
    }
  }

  private func run(_ body: (World) async throws -> Void) async throws {
    let authority = try TestAuthority()
    let receiver = try await EventReceiver(authority.issue())
    let rules = try #require(OutboundRules(["127.0.0.0/8"]))
    let roots = NIOSSLTrustRoots.certificates(
      try NIOSSLCertificate.fromPEMBytes(Array(authority.pem.utf8))
    )
    let documents = OutboundDocuments(rules: rules, roots: roots, patience: .seconds(120))
    let clocks = TestClocks()
    var options = TestServer.Options()
    options.failureLimit.freeFailures = 1000
    options.publishedKeys = PublishedKeySets(clock: clocks.monotonic, logger: TestLog().logger) {
      await documents.keySet(at: $0)
    }
    try await TestServer.run(options) { server in
      let client = try await server.makeClient { $0.authenticationMethod = .privateKeyJWT }
      let world = World(
        server: server,
        client: client,
        receiver: receiver,
        clocks: clocks,
        key: TestSigner(.es256),
        issuer: "https://127.0.0.1:\(receiver.port)/tenant"
      )
      // What is asked for without being expected is an answer that helps nobody.
      receiver.otherwise(.respond(404))
      try await body(world)
    }
    try await receiver.stop()
  }

  @Test("F10 keys are where the issuer's metadata says, and are fetched once")
  func discovery() async throws {
    try await run { world in
      world.receiver.enqueue(world.metadata(of: world.issuer), world.keySet(world.key))
      try await world.trust(.discovered)
      for _ in 0..<3 { #expect(try await world.send(by: world.key) == 200) }
      #expect(try await world.send(by: TestSigner(.es256)) == 400)
      #expect(
        world.receiver.requests.map(\.target) == ["/tenant/.well-known/openid-configuration", "/tenant/keys"]
      )
    }
  }

  @Test("F10 the path of an issuer may end with a slash, which stays in its name")
  func slash() async throws {
    try await run { world in
      let issuer = world.issuer + "/"
      world.receiver.enqueue(world.metadata(of: issuer), world.keySet(world.key))
      try await world.trust(.discovered, issuer: issuer)
      #expect(try await world.send(by: world.key, issuer: issuer) == 200)
      #expect(world.receiver.requests.first?.target == "/tenant/.well-known/openid-configuration")
    }
  }

  @Test("F10 metadata that names another issuer, or no keys, is none")
  func otherIssuer() async throws {
    try await run { world in
      let answers: [EventReceiver.Answer] = [
        world.metadata(of: "https://other.example"), world.metadata(of: world.issuer + "/"),
        world.metadata(of: world.issuer.uppercased()), .respond(200, body: #"{"issuer":"\#(world.issuer)"}"#),
        .respond(200, body: #"{"jwks_uri":"\#(world.issuer)/keys"}"#), .respond(200, body: "<html></html>"),
        .respond(200, body: "[]"), .respond(404), .respond(302, headers: [("Location", world.issuer)]),
        world.metadata(of: world.issuer, keys: "http://127.0.0.1:\(world.receiver.port)/keys"),
        world.metadata(of: world.issuer, keys: "https://10.0.0.1/keys"),
        world.metadata(of: world.issuer, keys: "file:///etc/passwd"),
      ]
      try await world.trust(.discovered)
      for (number, answer) in answers.enumerated() {
        world.receiver.enqueue(answer)
        #expect(try await world.send(by: world.key) == 400, "\(number)")
        #expect(world.receiver.requests.count == number + 1, "\(number): its keys are not asked for")
        world.clocks.advance(seconds: 30)
      }
      world.receiver.enqueue(world.metadata(of: world.issuer), world.keySet(world.key))
      #expect(try await world.send(by: world.key) == 200, "the twin")
    }
  }

  @Test("F10 an issuer that changes its keys is asked again, at most every half minute")
  func rotation() async throws {
    try await run { world in
      let next = TestSigner(.es256, id: "k2")
      world.receiver.enqueue(
        world.metadata(of: world.issuer),
        world.keySet(world.key),
        world.metadata(of: world.issuer),
        world.keySet(world.key, next),
        world.metadata(of: world.issuer),
        world.keySet(next)
      )
      try await world.trust(.discovered)
      #expect(try await world.send(by: world.key) == 200)
      #expect(try await world.send(by: next) == 400, "too soon to ask again")
      world.clocks.advance(seconds: 30)
      #expect(try await world.send(by: next) == 200, "the new one, unknown until now")
      #expect(try await world.send(by: world.key) == 200, "the old one as long as it is published")
      world.clocks.advance(seconds: 3600)
      #expect(try await world.send(by: world.key) == 400, "and then no longer")
      #expect(try await world.send(by: next) == 200)
      #expect(world.receiver.requests.count == 6)
    }
  }

  @Test("F10 keys at a URL are fetched from there, and given ones from nowhere")
  func otherPlaces() async throws {
    try await run { world in
      world.receiver.enqueue(world.keySet(world.key))
      try await world.trust(.published(at: world.issuer + "/jwks"), issuer: "https://cluster.example")
      #expect(try await world.send(by: world.key, issuer: "https://cluster.example") == 200)
      #expect(world.receiver.requests.map(\.target) == ["/tenant/jwks"])

      try await world.trust(.given([world.key.jwk]))
      #expect(try await world.send(by: world.key) == 200)
      #expect(try await world.send(by: TestSigner(.es256)) == 400)
      #expect(try await world.send(by: TestSigner(.es256, id: "unknown")) == 400)
      #expect(world.receiver.requests.count == 1, "nobody was asked")
    }
  }

  @Test("F10 what the client does not trust is fetched from nowhere")
  func nothingIsFetchedForStrangers() async throws {
    try await run { world in
      try await world.trust(.discovered)
      #expect(try await world.send(by: world.key, issuer: world.issuer + "/other") == 400)
      #expect(world.receiver.requests.isEmpty)
    }
  }

  @Test("F11 of the bundle of a trust domain, the keys for JWT-SVIDs count")
  func bundle() async throws {
    try await run { world in
      let x509 = TestSigner(.es256, id: "x509")
      func entry(_ key: TestSigner, _ use: String) -> String {
        key.jwk.json.replacing(#""use":"sig""#, with: #""use":"\#(use)""#)
      }
      let body =
        #"{"keys":[\#(entry(x509, "x509-svid")),\#(entry(world.key, "jwt-svid"))],"spiffe_sequence":1}"#
      world.receiver.enqueue(.respond(200, body: body), .respond(200, body: body))
      try await world.trust(.published(at: world.issuer + "/bundle"), preset: .spiffe)
      #expect(try await world.send(by: x509) == 400)
      #expect(try await world.send(by: world.key) == 200)
      // For any other platform these keys are for something else.
      try await world.trust(.published(at: world.issuer + "/bundle"))
      #expect(try await world.send(by: world.key) == 400)
    }
  }
}
