import Foundation
import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraManagement

/// Why a request was refused, as the management API tells it.
@Suite struct DecisionTests {
  /// What was refused, which step is said to have refused it, and what was changed afterwards.
  private struct Situation: Sendable, CustomTestStringConvertible {
    let name: String
    var changes: [String: String?] = [:]
    let step: String
    var remedy: String
    /// What the same request gets now; nil where that is not known.
    var isGrantedNow: Bool?
    var isChanged = false
    var before: @Sendable (TestServer, TestClient) async throws -> Void = { _, _ in }
    var after: @Sendable (TestServer, TestClient) async throws -> Void = { _, _ in }

    var testDescription: String { name }
  }

  private static let situations: [Situation] = [
    Situation(
      name: "an unknown scope",
      changes: ["scope": "item,evnet"],
      step: "scope",
      remedy: "tessera scope create evnet",
      isGrantedNow: false
    ),
    Situation(
      name: "a scope of others",
      changes: ["scope": "profile"],
      step: "scope",
      remedy: "--scope profile",
      isGrantedNow: false
    ),
    Situation(
      name: "a scope that the client has by now",
      changes: ["scope": "profile"],
      step: "scope",
      remedy: "ask for scopes that the client has",
      isGrantedNow: true,
      isChanged: true,
      after: { server, client in
        let profile = try #require(Scope("profile"))
        try await server.change(client) { $0.scopes = ScopeSet([profile]) }
      }
    ),
    Situation(
      name: "a wrong secret",
      changes: ["client_secret": "wrong-secret-of-somebody"],
      step: "secret",
      remedy: "tessera client secret add",
      isGrantedNow: true
    ),
    Situation(
      name: "disabled",
      step: "enabled",
      remedy: "tessera client enable",
      isGrantedNow: false,
      before: { server, client in try await server.administration.setClient(client.id, enabled: false) }
    ),
    Situation(
      name: "disabled, and enabled since",
      step: "enabled",
      remedy: "tessera client enable",
      isGrantedNow: true,
      isChanged: true,
      before: { server, client in try await server.administration.setClient(client.id, enabled: false) },
      after: { server, client in
        try await server.administration.setClient(client.id, enabled: true)
        // Its tokens count from a moment after it was disabled.
        server.clocks.advance(seconds: 2)
      }
    ),
    Situation(
      name: "deleted since",
      changes: ["scope": "profile"],
      step: "scope",
      remedy: "tessera client show",
      isChanged: true,
      after: { server, client in
        let gone = try await server.administration.client(client.id.rawValue)
        try await server.administration.deleteClient(gone)
      }
    ),
    Situation(
      name: "an unknown client",
      changes: ["client_id": "nobody"],
      step: "client",
      remedy: "tessera client list"
    ),
    Situation(
      name: "no secret",
      changes: ["client_secret": nil],
      step: "authentication_method",
      remedy: "send client_id and client_secret"
    ),
    Situation(
      name: "no grant type",
      changes: ["grant_type": nil],
      step: "request",
      remedy: "correct the request",
      isGrantedNow: true
    ),
  ]

  @Test(arguments: situations)
  private func theStepThatRefusedIsNamed(_ situation: Situation) async throws {
    try await AdminWorld.run { world in
      let server = world.server
      let client = try await server.makeClient { $0.scopes = ["item", "event"] }
      try await situation.before(server, client)
      try await server.replica.catchUp()
      let response = try await server.send(client.tokenRequest(situation.changes))
      let id = try #require(response.header("x-request-id"))
      try await situation.after(server, client)
      let token = try await world.token([.read])

      let decision = await world.ask("GET", "/admin/v1/decisions/\(id)", token: token)
      #expect(decision.status == 200, "\(decision.text)")
      #expect(decision.member("request_id") == id && decision.member("node") == "node 1")
      #expect(decision.members["status"] as? Int == response.status)
      #expect(decision.member("source") == "127.0.0.1")
      #expect(decision.members["granted"] as? Bool == false)
      let steps = decision.members["steps"] as? [[String: Any]] ?? []
      let refused = steps.first { $0["outcome"] as? String == "refused" }
      #expect(refused?["step"] as? String == situation.step, "\(decision.text)")
      #expect((refused?["remedy"] as? String)?.contains(situation.remedy) == true, "\(decision.text)")
      let now = decision.members["now"] as? [String: Any]
      #expect(now?["granted"] as? Bool == situation.isGrantedNow, "\(decision.text)")
      #expect(decision.members["changed_since"] as? Bool == situation.isChanged, "\(decision.text)")
      for secret in [client.secret, situation.changes["client_secret"] ?? nil].compactMap(\.self) {
        #expect(!decision.text.contains(secret))
      }
    }
  }

  @Test func ofATokenOfAPlatformItIsSaidToOperatorsOnlyWhatEachTrustAsks() async throws {
    try await AdminWorld.run { world in
      let (server, signer) = (world.server, TestSigner(.es256))
      let (client, other) = (
        try await server.makeClient { $0.authenticationMethod = .privateKeyJWT }, TestSigner(.es256)
      )
      let now = server.clocks.wall.now
      let asked = [("deploy", "acme/app"), ("nightly", "acme/nightly-*")]
      try await server.change(client) { client in
        client.keyMetadata.trusts = asked.map { name, repository in
          ClientTrust(
            name: name,
            preset: .generic,
            issuer: "https://ci.example",
            audiences: ["https://tessera.example"],
            conditions: [ClaimCondition("repository", repository)],
            keys: .given([signer.jwk]),
            longestLifetime: 3600,
            isReusable: true,
            createdAt: now
          )
        }
      }
      func send(_ repository: String, by signer: TestSigner) async throws -> TesseraTestSupport.TestResponse {
        let seconds = now.milliseconds / 1000
        let assertion = TestAssertion(
          header: [],
          claims: [
            ("iss", #""https://ci.example""#), ("sub", #""job""#), ("aud", #""https://tessera.example""#),
            ("exp", "\(seconds + 60)"), ("iat", "\(seconds)"), ("repository", #""\#(repository)""#),
          ]
        )
        return try await server.send(
          client.tokenRequest(signed: assertion.signed(by: signer), ["client_id": client.id.rawValue])
        )
      }
      func refused(_ response: TesseraTestSupport.TestResponse) async throws -> (
        finding: String, remedy: String
      ) {
        #expect(
          response.status == 400 && !response.text.contains("acme") && !response.text.contains("deploy")
        )
        let id = try #require(response.header("x-request-id"))
        let decision = await world.ask(
          "GET",
          "/admin/v1/decisions/\(id)",
          token: try await world.token([.read])
        )
        let steps = decision.members["steps"] as? [[String: Any]] ?? []
        let step = try #require(steps.first { $0["outcome"] as? String == "refused" }, "\(decision.text)")
        #expect(step["step"] as? String == "secret" && !decision.text.contains("evil"))
        return (step["finding"] as? String ?? "", step["remedy"] as? String ?? "")
      }
      let claim = try await refused(send("evil/app", by: signer))
      for (name, repository) in asked {
        #expect(
          claim.finding.contains("by the trust '\(name)': the claim 'repository' is not '\(repository)'"),
          "\(claim)"
        )
      }
      #expect(claim.remedy.hasSuffix("tessera client trust list \(client.id)"), "\(claim)")
      let signature = try await refused(send("acme/app", by: other))
      #expect(
        signature.finding.contains("'deploy': the signature is of no key of the issuer"),
        "\(signature)"
      )
      #expect(try await send("acme/app", by: signer).status == 200)

      let own = TestAssertion(
        header: [],
        claims: [("iss", #""\#(client.id)""#), ("sub", #""\#(client.id)""#), ("aud", #""x""#)]
      )
      let ownRefused = try await refused(
        server.send(client.tokenRequest(signed: own.signed(by: signer), ["client_id": client.id.rawValue]))
      )
      #expect(ownRefused.remedy.contains("RFC 7523") && !ownRefused.remedy.contains("trust"), "\(ownRefused)")
    }
  }

  @Test func aRequestThatIsNotRememberedIsNotFoundAndItIsSaidWhoCouldKnow() async throws {
    try await AdminWorld.run { world in
      let client = try await world.server.makeClient()
      let granted = try await world.server.send(client.tokenRequest())
      let id = try #require(granted.header("x-request-id"))
      let token = try await world.token([.read])
      let answered = await world.ask("GET", "/admin/v1/decisions/\(id)", token: token)
      #expect(answered.status == 404)
      #expect(answered.member("detail")?.contains("does not remember") == true, "\(answered.text)")
      for id in [
        "aaaaaaaa-1", "x", "%00", "%3Cscript%3E", String(repeating: "a", count: 5000), "..", "a%2Fb",
      ] {
        let outcome = await world.ask("GET", "/admin/v1/decisions/\(id)", token: token)
        #expect(outcome.status == 404, "\(id)")
        #expect(
          outcome.member("detail")?.contains("ask the node whose log has it") == true,
          "\(outcome.text)"
        )
        #expect(outcome.text.utf8.count < 1000)
      }
    }
  }

  @Test func theListIsToldInPartsTheNewestFirstAndByClient() async throws {
    try await AdminWorld.run { world in
      let server = world.server
      let (one, other) = (try await server.makeClient(), try await server.makeClient())
      var ids: [String] = []
      for number in 0..<5 {
        server.clocks.advance(seconds: 1)
        let client = number == 2 ? other : one
        let response = try await server.send(client.tokenRequest(["scope": "nothing"]))
        ids.insert(try #require(response.header("x-request-id")), at: 0)
      }
      try await server.replica.catchUp()
      let token = try await world.token([.read])
      var (path, seen): (String?, [String]) = ("/admin/v1/decisions?limit=2", [])
      while let next = path {
        let part = await world.ask("GET", next, token: token)
        #expect(part.status == 200 && part.elements.count <= 2, "\(part.text)")
        seen += part.elements.compactMap { $0["request_id"] as? String }
        path = part.answer?.next.flatMap { $0.firstMatch(of: /^<([^>]+)>; rel="next"$/) }.map { String($0.1) }
      }
      #expect(seen == ids)
      let list = "/admin/v1/decisions?client_id=\(other.id)"
      let ofOther = await world.ask("GET", list, token: token)
      #expect(ofOther.elements.compactMap { $0["request_id"] as? String } == [ids[2]])
      #expect(ofOther.elements.first?["requested_scopes"] as? [String] == ["nothing"])
      #expect(ofOther.elements.first?["grant_type"] as? String == "client_credentials")
      #expect(await world.ask("GET", "/admin/v1/decisions?client_id=nobody", token: token).elements.isEmpty)
      for bad in ["cursor=x", "limit=0", "nothing=1", "client_id=a&client_id=b"] {
        #expect(await world.ask("GET", "/admin/v1/decisions?\(bad)", token: token).status == 400, "\(bad)")
      }
    }
  }

  @Test func aFloodPushesOutNobodyElse() async throws {
    try await AdminWorld.run { world in
      let server = world.server
      let (quiet, loud) = (try await server.makeClient(), try await server.makeClient())
      let response = try await server.send(quiet.tokenRequest(["scope": "nothing"]))
      let id = try #require(response.header("x-request-id"))
      for number in 0..<300 {
        // The first authenticate, the others do not.
        let request = number < 100 ? loud.tokenRequest(["scope": "nothing"]) : TestRequest(body: "a=b")
        _ = try await server.send(request)
      }
      let token = try await world.token([.read])
      #expect(await world.ask("GET", "/admin/v1/decisions/\(id)", token: token).status == 200)
      let all = await world.ask("GET", "/admin/v1/decisions?limit=500", token: token)
      let bound = DenialMemory.Bounds().share * System.processors
      #expect(all.elements.count { $0["client_id"] as? String == loud.id.rawValue } <= bound)
    }
  }

  @Test func whatIsRememberedIsToldWhileTheStoreDoesNotAnswer() async throws {
    try await AdminWorld.run { world in
      let client = try await world.server.makeClient()
      let response = try await world.server.send(client.tokenRequest(["scope": "nothing"]))
      let id = try #require(response.header("x-request-id"))
      let token = try await world.token([.read])
      #expect(await world.ask("GET", "/admin/v1/keys", token: token).status == 200)
      world.server.store.failure = .unavailable("disk of db.example.com is full")
      let decision = await world.ask("GET", "/admin/v1/decisions/\(id)", token: token)
      #expect(decision.status == 200 && decision.members["now"] is NSNull, "\(decision.text)")
      #expect((decision.members["steps"] as? [[String: Any]])?.first?["step"] as? String == "scope")
      #expect(!decision.text.contains("db.example.com"))
    }
  }

  @Test("no secret or token that is sent where it does not belong is shown")
  func canaries() async throws {
    try await AdminWorld.run { world in
      let server = world.server
      let client = try await server.makeClient()
      let issued = try #require(try await server.send(client.tokenRequest()).accessToken)
      for canary in [client.secret, issued] {
        for field in ["client_id", "client_secret", "scope", "resource", "audience", "grant_type", "token"] {
          let fields: [String: String?] = ["scope": "nothing"]
          _ = try await server.send(client.tokenRequest(fields.merging([field: canary]) { $1 }))
        }
        _ = try await server.send(client.basicTokenRequest(["scope": canary]))
        _ = try await server.send(client.basicTokenRequest(["scope": "x"]).adding("traceparent", canary))
        _ = try await server.send(TestRequest(form: []).basic(canary, canary))
        _ = try await server.send(TestRequest(form: []).adding("Authorization", "Bearer \(canary)"))
        _ = try await server.send(TestRequest(body: canary).at("/oauth2/\(canary)"))
      }
      let token = try await world.token([.read])
      let list = await world.ask("GET", "/admin/v1/decisions?limit=500", token: token)
      #expect(list.elements.count >= 20)
      var texts = [list.text]
      for element in list.elements {
        let id = try #require(element["request_id"] as? String)
        texts.append(await world.ask("GET", "/admin/v1/decisions/\(id)", token: token).text)
      }
      for text in texts {
        for canary in [client.secret, issued] { #expect(!text.contains(canary)) }
      }
    }
  }

  @Test func aTicketIsForItsRequestAlone() async throws {
    try await AdminWorld.run { world in
      let client = try await world.server.makeClient { $0.id = "victim" }
      let response = try await world.server.send(client.tokenRequest(["scope": "nothing"]))
      let path = "/admin/v1/decisions/\(try #require(response.header("x-request-id")))"
      let tickets = OperatorTickets(masterKey: world.server.masterKey)
      func ticket(_ request: String) -> String {
        tickets.ticket(for: request, actor: "cli:ada", at: world.server.clocks.wall.now)
      }
      #expect(await world.ask("GET", path, token: ticket("GET \(path)")).status == 200)
      #expect(await world.ask("GET", path + "?limit=1", token: ticket("GET \(path)")).status == 400)
      #expect(await world.ask("GET", "/admin/v1/keys", token: ticket("GET \(path)")).status == 401)
      #expect(await world.ask("POST", path, token: ticket("GET \(path)")).status == 401)
      let enable = "/admin/v1/clients/victim/enable"
      #expect(await world.ask("POST", enable, token: ticket("POST \(enable)")).status == 403, "it only reads")
      let old = ticket("GET \(path)")
      world.server.clocks.advance(seconds: 60)
      #expect(await world.ask("GET", path, token: old).status == 401)
    }
  }
}

private enum System {
  /// No more event loops than this have a memory of their own.
  static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }
}
