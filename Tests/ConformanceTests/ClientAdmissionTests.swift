import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraStoreTesting
import TesseraSupport
import TesseraTestSupport
import Testing

/// The badge that proves something.
private let good = "good"

/// What is asked of every client, whatever proves who it is.
@Suite(.everyDoor) struct ClientAdmissionTests {
  /// Believes what a test tells it to, and counts how often it is asked.
  private final class FakeAuthenticator: ClientAuthenticator {
    let method = ClientAuthenticationMethod.badge
    let parameters: [ParameterName] = [.clientID, .badge]
    private let prove: @Sendable (String) -> Proof
    private let counts = Mutex((claims: 0, proofs: 0))

    /// `prove` is given the badge.
    init(_ prove: @escaping @Sendable (String) -> Proof) {
      self.prove = prove
    }

    /// How often it was asked for claims and for proofs.
    var asked: [Int] { counts.withLock { [$0.claims, $0.proofs] } }

    func isPresented(in request: ClientAuthenticationRequest) -> Bool { request.parameters.has(.badge) }

    func claims(in request: ClientAuthenticationRequest) throws(OAuthError) -> [ClientClaim] {
      counts.withLock { $0.claims += 1 }
      let badge = request.parameters[.badge] ?? ""
      return [
        ClientClaim(clientID: request.parameters.bytes(.clientID).flatMap { ClientID(bytes: $0) }) { _, _ in
          self.counts.withLock { $0.proofs += 1 }
          return self.prove(badge)
        }
      ]
    }
  }

  /// Waits for something before it grants, as a grant does that asks elsewhere.
  private final class CountingGrant: GrantHandler {
    let grantType = GrantType.clientCredentials
    let parameters: [ParameterName] = []
    private let waiting = OneTimeStep<Void>()
    private let counts = Mutex((rounds: 0, writes: 0))

    var rounds: Int { counts.withLock { $0.rounds } }
    var writes: Int { counts.withLock { $0.writes } }

    func authorize(_ request: GrantRequest, _ exchange: inout Exchange) throws(Interruption) -> AccessGrant {
      counts.withLock { $0.rounds += 1 }
      try exchange.once(waiting) { () async throws(OAuthError) in self.counts.withLock { $0.writes += 1 } }
      return AccessGrant(
        clientID: request.client.id,
        grantType: grantType,
        access: GrantedAccess(scopes: ScopeSet(["item"].compactMap(Scope.init)), audiences: []),
        issuedAt: request.time,
        expiresAt: request.time.advanced(bySeconds: 60)
      )
    }
  }

  private func request(by client: ClientID, badge: String = good) -> TestRequest {
    let none: [String: String?] = ["client_secret": nil, "badge": badge]
    return TestClient(id: client, secret: "").tokenRequest(none)
  }

  private func run(
    _ prove: @escaping @Sendable (String) -> Proof = { $0 == good ? .holds() : .fails("another badge") },
    _ body: (TestServer) async throws -> Void
  ) async throws {
    var options = TestServer.Options()
    options.adding = { $0.authenticators.append(FakeAuthenticator(prove)) }
    try await TestServer.run(options, body)
  }

  @Test func aProofIsNotEnoughForADisabledClient() async throws {
    try await run { server in
      let client = try await server.makeClient()
      expect(try await server.send(request(by: client.id)), grants: "item")
      try await server.administration.setClient(client.id, enabled: false)
      try await server.replica.catchUp()
      expect(try await server.send(request(by: client.id)), is: .failedInBody)
      try await server.administration.setClient(client.id, enabled: true)
      try await server.replica.catchUp()
      // Disabling ended all tokens of its millisecond.
      server.clocks.advance(seconds: 1)
      expect(try await server.send(request(by: client.id)), grants: "item", "enabled again")
    }
  }

  @Test func aProofIsNotEnoughForAClientThatDoesNotExist() async throws {
    try await run { server in
      expect(try await server.send(request(by: .random(using: .system))), is: .failedInBody)
      expect(try await server.send(request(by: try await server.makeClient().id)), grants: "item")
    }
  }

  @Test(.registeredForAToy) func aClientThatIsRegisteredForAnotherMethodIsRefused() async throws {
    try await run { server in
      let client = try await server.makeClient()
      for (method, isAdmitted) in [
        (ClientAuthenticationMethod.clientSecretPost, false), (.none, false), (.badge, true),
      ] {
        try await server.change(client) { $0.authenticationMethod = method }
        let response = try await server.send(request(by: client.id))
        if isAdmitted { expect(response, grants: "item") } else { expect(response, is: .failedInBody) }
        let withSecret = try await server.send(client.tokenRequest())
        #expect((withSecret.status == 200) == (method == .clientSecretPost))
      }
    }
  }

  @Test func aCredentialThatHasExpiredProvesNothing() async throws {
    let end = TestClocks().wall.now.advanced(bySeconds: 100)
    try await run({ _ in .holds(until: end) }) { server in
      let client = try await server.makeClient()
      server.clocks.advance(milliseconds: 99_999)
      expect(try await server.send(request(by: client.id)), grants: "item")
      server.clocks.advance(milliseconds: 1)
      expect(try await server.send(request(by: client.id)), is: .failedInBody)
    }
  }

  @Test func failedProofsCountAgainstTheLimitAndProofsThatHoldDoNot() async throws {
    try await run { server in
      let client = try await server.makeClient()
      for _ in 0..<10 { expect(try await server.send(request(by: client.id)), grants: "item") }
      for _ in 0..<6 {
        expect(try await server.send(request(by: client.id, badge: "bad")), is: .failedInBody)
      }
      #expect(try await server.send(request(by: client.id)).status == 429, "a badge")
      #expect(try await server.send(client.tokenRequest()).status == 429, "a secret, by the same limit")
      server.clocks.advance(seconds: 1)
      try await server.replica.catchUp()
      expect(try await server.send(request(by: client.id)), grants: "item")
    }
  }

  @Test func aSlowProofIsCountedBeforeItsOutcomeAndTakenBackWhenItHolds() async throws {
    let slow: @Sendable (String) -> Proof = { badge in
      .undecided("another badge") { () throws(OAuthError) in SlowProof(isNew: true) { badge == good } }
    }
    try await run(slow) { server in
      let client = try await server.makeClient()
      for _ in 0..<10 { expect(try await server.send(request(by: client.id)), grants: "item") }
      for _ in 0..<6 {
        expect(try await server.send(request(by: client.id, badge: "bad")), is: .failedInBody)
      }
      #expect(try await server.send(request(by: client.id)).status == 429)
    }
  }

  @Test func aSlowProofIsNotEnoughForADisabledClient() async throws {
    let slow: @Sendable (String) -> Proof = { _ in
      .undecided("another badge") { () throws(OAuthError) in SlowProof(isNew: true) { true } }
    }
    try await run(slow) { server in
      let client = try await server.makeClient()
      try await server.administration.setClient(client.id, enabled: false)
      try await server.replica.catchUp()
      expect(try await server.send(request(by: client.id)), is: .failedInBody)
    }
  }

  /// Nothing of the client is in memory, its proof takes long, and then its grant waits too.
  @Test func aRequestThatWaitsIsReadProvenAndCountedOnce() async throws {
    let begun = Mutex(0)
    let fake = FakeAuthenticator { badge in
      .undecided("another badge") { () throws(OAuthError) in
        begun.withLock { $0 += 1 }
        return SlowProof(isNew: badge != good) { badge == good }
      }
    }
    let grant = CountingGrant()
    let limited = Mutex(0)
    let told = Mutex(0)
    try await TestServer.run { server in
      let settings = AuthorizationServer.Settings(issuer: TestServer.issuer)
      let common = AuthorizationServer.Common(
        replica: server.replica,
        settings: settings,
        clock: WallClock {
          told.withLock { $0 += 1 }
          return server.clocks.wall.now
        },
        // Only the limit on guesses asks it here.
        monotonicClock: MonotonicClock {
          limited.withLock { $0 += 1 }
          return server.clocks.monotonic.milliseconds
        }
      )
      let authorizationServer = try AuthorizationServer(common, settings: settings) {
        $0.authenticators.append(fake)
        $0.grants = [grant]
      }
      let endpoint = try #require(authorizationServer.routes[Door.current.rawValue])
      func answer(_ client: ClientID, badge: String) async throws -> EndpointResponse {
        let request = EndpointRequest(
          method: "POST",
          path: Door.current.rawValue,
          headers: .form,
          body: request(by: client, badge: badge).body,
          origin: RequestOrigin(peer: try #require(SourceAddress("127.0.0.1")), over: .plain)
        )
        return await endpoint.answer(request).response
      }
      // Before there was a failure the limit has nothing to look up.
      let (other, client) = (try await server.makeClient().id, try await server.makeClient().id)
      let refused = try await answer(other, badge: "bad")
      #expect(refused.status == 400)
      let (asked, reads) = (fake.asked, server.store.readCount)
      limited.withLock { $0 = 0 }
      told.withLock { $0 = 0 }
      begun.withLock { $0 = 0 }

      let granted = try await answer(client, badge: good)
      #expect(granted.status == 200)
      #expect(server.store.readCount == reads + 1, "it waited for the store")
      let (begins, asks, tells) = (begun.withLock { $0 }, limited.withLock { $0 }, told.withLock { $0 })
      #expect(begins == 1 && grant.rounds == 2 && grant.writes == 1, "and for both others")
      #expect(zip(fake.asked, asked).map { $0 - $1 } == [1, 1])
      #expect(asks == 1 && tells == 1)
    }
  }
}
