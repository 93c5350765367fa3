import Foundation
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore
@testable import TesseraManagement

/// Keys of clients in the management API.
@Suite struct AdminClientKeyTests {
  private static let clients = "/admin/v1/clients"

  private func pair(_ algorithm: SigningAlgorithm = .es256) throws -> (public: String, private: String) {
    let pair = try #require(algorithm.generate(.system))
    let key = JWK(pair.publicMaterial, for: algorithm)
    let whole = (key.members + pair.privateMembers).map { JSONValue.Member($0.name, .string($0.value)) }
    return (JSONValue(key).text(), JSONValue.object(whole).text())
  }

  private func certificate(_ world: AdminWorld) throws -> String {
    let time = Date(timeIntervalSince1970: Double(world.server.clocks.wall.now.milliseconds) / 1000)
    return JSONValue.string(try TestAuthority().issue(name: "app", at: time).chain[0]).text()
  }

  @Test func aClientIsMadeShownAndChangedWithKeys() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      let (first, second) = (try pair().public, try pair(.edDSA).public)
      let pem = try certificate(world)
      let body =
        #"{"name":"app","scopes":["item"],"jwks":{"keys":[\#(first)]},"certificates":[\#(pem)],"#
        + #""dpop_bound_access_tokens":true}"#
      let made = await world.ask("POST", Self.clients, body, token: token)
      #expect(made.status == 201 && made.member("client_secret") == nil, "\(made.text)")
      let path = Self.clients + "/" + (try #require(made.member("client_id")))
      let shown = await world.ask("GET", path, token: token)
      #expect(shown.text.contains(first) && shown.text.contains(#""subject":"CN=app""#), "\(shown.text)")
      #expect(shown.text.contains(#""dpop_bound_access_tokens":true"#))
      let operation = try #require(AdminOperation.all.first { $0.name == "showClient" })
      #expect(try shown.problems(with: operation) == [])
      let changed = await world.ask("PATCH", path, #"{"jwks":\#(second),"certificates":[]}"#, token: token)
      #expect(changed.status == 200 && changed.text.contains(second) && !changed.text.contains(first))
      #expect(!changed.text.contains("CN=app"))
      let moved = await world.ask(
        "PATCH",
        path,
        #"{"jwks":null,"jwks_uri":"https://app.example/jwks","dpop_bound_access_tokens":false}"#,
        token: token
      )
      #expect(moved.text.contains(#""keys":[],"jwks_uri":"https://app.example/jwks""#), "\(moved.text)")
      let bare = await world.ask("PATCH", path, #"{"jwks_uri":null}"#, token: token)
      #expect(bare.text.contains(#""keys":[],"jwks_uri":null,"#))
      #expect(bare.text.contains(#""dpop_bound_access_tokens":false"#))
      let asked = #"{"name":"both","scopes":["item"],"jwks":\#(first),"generate_secret":true}"#
      #expect(await world.ask("POST", Self.clients, asked, token: token).member("client_secret") != nil)
    }
  }

  @Test func whoMayNotHandleSecretsChangesNothingThatAClientProvesItselfBy() async throws {
    try await AdminWorld.run { world in
      let token = try await world.token([.read, .write])
      _ = try await world.server.makeClient { $0.id = "victim" }
      let before = try await world.auditCount()
      let key = try pair().public
      for body in [
        #"{"jwks":\#(key)}"#, #"{"jwks":null}"#, #"{"jwks_uri":"https://evil.example/"}"#,
        #"{"certificates":[]}"#, #"{"authentication_method":null}"#, #"{"dpop_bound_access_tokens":false}"#,
        #"{"tls_client_certificate_bound_access_tokens":true}"#, #"{"strict_assertions":true}"#,
        #"{"certificate_subject":{"tls_client_auth_san_dns":"evil.example"}}"#,
        #"{"certificate_subject":{}}"#,
      ] {
        let refused = await world.ask("PATCH", Self.clients + "/victim", body, token: token)
        #expect(refused.status == 403, "\(body)")
        #expect(refused.problem?.headers.first?.value.contains(#"scope="tessera:secrets""#) == true)
      }
      #expect(try await world.auditCount() == before)
      let declared =
        #"{"clients":[{"name":"victim","scopes":["item"],"keys":{"mine":\#(JSONValue.string(key).text())}}]}"#
      _ = try await world.server.makeClient {
        ($0.name, $0.scopes) = ("victim", ["item"])
      }
      let made = try await world.auditCount()
      let apply = await world.ask("POST", "/admin/v1/declaration/apply", declared, token: token)
      #expect(apply.status == 403, "\(apply.text)")
      #expect(try await world.auditCount() == made)
      let other = await world.ask("PATCH", Self.clients + "/victim", #"{"owner":"me"}"#, token: token)
      #expect(other.status == 200)
    }
  }

  @Test func keysAreAddedOnceListedAndRemoved() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      let client = try await world.server.makeClient { $0.id = "victim" }
      let keys = Self.clients + "/victim/keys"
      let (jwk, pemText) = (try pair().public, try certificate(world))
      let body = #"{"key":"laptop","jwk":\#(jwk),"expires_in_days":1}"#
      func add(_ body: String, _ key: String) async -> AdminOutcome {
        await world.ask("POST", keys, body, token: token, headers: ["idempotency-key": key])
      }
      let made = await add(body, "k1")
      #expect(made.status == 201 && made.answer?.location == keys + "/laptop", "\(made.text)")
      let before = try await world.auditCount()
      #expect(await add(body, "k1").text == made.text, "the same request again is the same key")
      #expect(await add(body, "k2").status == 409)
      #expect(try await world.auditCount() == before)
      let pem = await add(#"{"pem":\#(pemText)}"#, "k3")
      #expect(pem.status == 201 && pem.text.contains(#""kind":"certificate""#), "\(pem.text)")

      let stored = try #require(try await world.server.store.client(client.id))
      world.server.replica.noteUse(
        of: "laptop",
        of: CachedClient(stored),
        from: try #require(SourceAddress("192.0.2.1")),
        at: world.server.clocks.wall.now
      )
      try await world.server.replica.recordSecretUses()
      let listed = await world.ask("GET", keys, token: token)
      #expect(listed.text.contains(#""last_used_from":"192.0.2.1","uses":1,"in_use":true"#), "\(listed.text)")
      let inUse = await world.ask("DELETE", keys + "/laptop", token: token)
      #expect(inUse.status == 409 && inUse.text.contains("force=true"))
      #expect(await world.ask("DELETE", keys + "/laptop?force=true", token: token).status == 204)
      #expect(await world.ask("DELETE", keys + "/laptop", token: token).status == 404)
    }
  }

  @Test func severalKeysAreAddedTogetherOrNoneOfThem() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      _ = try await world.server.makeClient { $0.id = "victim" }
      let (first, second, secret) = (try pair().public, try pair(.edDSA).public, try pair().private)
      let pem = try certificate(world)
      func add(_ keys: String...) async -> AdminOutcome {
        let body = #"{"keys":[\#(keys.joined(separator: ","))]}"#
        return await world.ask("POST", Self.clients + "/victim/add-keys", body, token: token)
      }
      func names() async -> [String] {
        let listed = await world.ask("GET", Self.clients + "/victim/keys", token: token)
        return (JSON(listed.text.utf8)?.elements ?? []).compactMap { $0.members?["name"]?.text }
      }
      let good = #"{"key":"one","jwk":\#(first),"expires_in_days":3}"#
      let cases: [(bad: String, status: Int, field: String?, problem: String)] = [
        (#"{"key":"one","jwk":\#(second)}"#, 409, nil, "already has a key named 'one'"),
        (#"{"key":"two","jwk":\#(first)}"#, 409, nil, "has this key already"),
        (#"{"key":"default","jwk":\#(second)}"#, 409, nil, "already has a secret"),
        (#"{"key":"two","jwk":\#(secret)}"#, 422, "/keys/1/jwk", "this is a private key"),
        (#"{"key":"two","pem":"x"}"#, 422, "/keys/1/pem", "neither JSON"),
        (#"{"key":"two"}"#, 422, "/keys/1/jwk", "either jwk or pem"),
        (#"{"key":"two","jwk":7}"#, 422, "/keys/1/jwk", "an object"),
        (#"{"key":"two","jwk":\#(second),"other":1}"#, 422, "/keys/1/other", "no such member"),
      ]
      let before = try await world.auditCount()
      for (bad, status, field, problem) in cases {
        let outcome = await add(good, bad)
        #expect(outcome.status == status && outcome.text.contains(problem), "\(outcome.text)")
        #expect(outcome.member("field") == field, "\(outcome.text)")
      }
      #expect(await add().status == 422)
      let many = await add(String(repeating: #"{"pem":"x"},"#, count: 20) + #"{"pem":"x"}"#)
      #expect(many.status == 422 && many.text.contains("at most 20 keys"), "\(many.text)")
      #expect(await names() == [])
      #expect(try await world.auditCount() == before)

      let made = await add(good, #"{"key":"two","jwk":\#(second)}"#, #"{"key":"three","pem":\#(pem)}"#)
      #expect(made.status == 200 && made.text.contains(#""kind":"certificate""#), "\(made.text)")
      #expect(await names() == ["one", "two", "three"])
      #expect(try await world.auditCount() == before + 1)
      #expect(await add(good).status == 409, "again")
    }
  }

  @Test func badKeysAreNamedAndChangeNothing() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      _ = try await world.server.makeClient { $0.id = "victim" }
      let before = try await world.auditCount()
      let (good, secret) = try pair()
      let private64 = try #require(secret.firstMatch(of: /"d":"([^"]+)"/)).1
      let cases: [(method: String, path: String, body: String, problem: String)] = [
        ("POST", "/keys", #"{"jwk":\#(secret)}"#, "this is a private key"),
        ("PATCH", "", #"{"jwks":\#(secret)}"#, "this is a private key"),
        ("PATCH", "", #"{"jwks":{"keys":[\#(secret)]}}"#, "this is a private key"),
        ("POST", "/keys", #"{"pem":"-----BEGIN PRIVATE KEY-----"}"#, "this is a private key"),
        ("POST", "/keys", #"{"pem":"x"}"#, "neither JSON"), ("POST", "/keys", "{}", "either jwk or pem"),
        ("POST", "/keys", #"{"pem":"x","jwk":\#(good)}"#, "either jwk or pem"),
        ("POST", "/keys", #"{"jwk":"x"}"#, "an object"), ("POST", "/keys", #"{"jwk":null}"#, "an object"),
        ("POST", "/keys", #"{"jwk":\#(good),"key":"default"}"#, "already has a secret"),
        ("POST", "/keys", #"{"jwk":\#(good),"expires_in_days":0}"#, "a key expires in"),
        ("PATCH", "", #"{"certificates":[\#(JSONValue.string(good).text())]}"#, "not a certificate"),
        ("PATCH", "", #"{"jwks_uri":"http://a.example"}"#, "https://"),
        ("PATCH", "", #"{"jwks":\#(good),"jwks_uri":"https://a.example/"}"#, "exclude each other"),
        ("PATCH", "", #"{"authentication_method":"none"}"#, "cannot become public"),
      ]
      for (method, path, body, problem) in cases {
        let outcome = await world.ask(method, Self.clients + "/victim" + path, body, token: token)
        #expect([409, 422].contains(outcome.status) && outcome.text.contains(problem), "\(outcome.text)")
        #expect(!outcome.text.contains(private64), "what is secret is not told back")
      }
      #expect(try await world.auditCount() == before)
    }
  }
}
