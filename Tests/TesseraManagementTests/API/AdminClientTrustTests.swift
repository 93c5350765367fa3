import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore
@testable import TesseraManagement

/// Platforms that clients trust, in the management API.
@Suite struct AdminClientTrustTests {
  private static let trusts = "/admin/v1/clients/victim/trusts"
  private static let body =
    #"{"trust":"deploy","preset":"github-actions","audiences":["https://tessera.example"],"#
    + #""claims":{"environment":"production","repository":"acme/app"}}"#

  @Test func trustsAreAddedOnceListedShownAndRemoved() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      let client = try await world.server.makeClient { $0.id = "victim" }
      func add(_ key: String) async -> AdminOutcome {
        await world.ask("POST", Self.trusts, Self.body, token: token, headers: ["idempotency-key": key])
      }
      let made = await add("k1")
      #expect(made.status == 201 && made.answer?.location == Self.trusts + "/deploy", "\(made.text)")
      #expect(made.text.contains(#""issuer":"https://token.actions.githubusercontent.com""#))
      #expect(made.text.contains(#""jwks":null,"jwks_uri":null,"max_lifetime":3600,"reusable":false"#))
      let before = try await world.auditCount()
      #expect(await add("k1").text == made.text, "the same request again is the same trust")
      #expect(await add("k2").status == 409)
      #expect(try await world.auditCount() == before)

      let stored = try #require(try await world.server.store.client(client.id))
      world.server.replica.noteUse(
        of: "deploy",
        of: CachedClient(stored),
        from: try #require(SourceAddress("192.0.2.1")),
        at: world.server.clocks.wall.now
      )
      try await world.server.replica.recordSecretUses()
      let listed = await world.ask("GET", Self.trusts, token: token)
      #expect(listed.text.contains(#""last_used_from":"192.0.2.1","uses":1,"in_use":true"#), "\(listed.text)")
      let list = try #require(AdminOperation.all.first { $0.name == "listClientTrusts" })
      #expect(try listed.problems(with: list) == [])
      let shown = await world.ask("GET", "/admin/v1/clients/victim", token: token)
      #expect(shown.text.contains(#""trusts":[{"name":"deploy""#), "\(shown.text)")
      let show = try #require(AdminOperation.all.first { $0.name == "showClient" })
      #expect(try shown.problems(with: show) == [])
      let inUse = await world.ask("DELETE", Self.trusts + "/deploy", token: token)
      #expect(inUse.status == 409 && inUse.text.contains("force=true"))
      #expect(await world.ask("DELETE", Self.trusts + "/deploy?force=true", token: token).status == 204)
      #expect(await world.ask("DELETE", Self.trusts + "/deploy", token: token).status == 404)
    }
  }

  @Test func whatIsWrongIsNamedAndChangesNothing() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      _ = try await world.server.makeClient { $0.id = "victim" }
      let before = try await world.auditCount()
      let cases: [(body: String, problem: String)] = [
        (#"{"preset":"github-actions","audiences":["a"]}"#, "this would let everybody in"),
        (#"{"preset":"github-actions","audiences":["a"],"claims":{"repository":"*/app"}}"#, "everybody"),
        (#"{"preset":"generic","audiences":["a"],"claims":{"sub":"a"}}"#, "the issuer is missing"),
        (#"{"preset":"gitlab","audiences":[],"claims":{"project_path":"a/b"}}"#, "audiences"),
        (#"{"preset":"gitlab","claims":{"project_path":"a/b"}}"#, "audiences"),
        (#"{"preset":"travis","audiences":["a"]}"#, "preset"), (#"{"audiences":["a"]}"#, "preset"),
        (#"{"preset":"gitlab","audiences":["a"],"claims":{"project_path":1}}"#, "claims"),
        (#"{"preset":"gitlab","audiences":["a"],"claims":{"project_path":"a/b"},"jwks":{}}"#, "no JWK Set"),
        (
          #"{"preset":"gitlab","audiences":["a"],"claims":{"project_path":"a/b"},"trust":"default"}"#,
          "secret"
        ),
        (#"{"preset":"gitlab","audiences":["a"],"claims":{"project_path":"a/b"},"max_lifetime":1}"#, "60 to"),
      ]
      for (body, problem) in cases {
        let refused = await world.ask("POST", Self.trusts, body, token: token)
        #expect([409, 422].contains(refused.status), "\(body): \(refused.text)")
        #expect(refused.text.contains(problem), "\(body): \(refused.text)")
      }
      #expect(try await world.auditCount() == before)
    }
  }

  @Test func onlyWhoMayHandleSecretsSaysWhomAClientTrusts() async throws {
    try await AdminWorld.run { world in
      let token = try await world.token([.read, .write])
      _ = try await world.server.makeClient { $0.id = "victim" }
      #expect(await world.ask("POST", Self.trusts, Self.body, token: token).status == 403)
      #expect(await world.ask("DELETE", Self.trusts + "/deploy", token: token).status == 403)
      #expect(await world.ask("GET", Self.trusts, token: token).status == 200)
    }
  }
}
