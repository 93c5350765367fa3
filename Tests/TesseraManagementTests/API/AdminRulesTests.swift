import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraManagement

@Suite struct AdminRulesTests {
  @Test func aClientIsMadeShownChangedAndDeleted() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      let made = await world.ask(
        "POST",
        "/admin/v1/clients",
        #"{"name":"billing","scopes":["item","event"],"claims":{"tenant":"a"},"token_lifetime":90}"#,
        token: token
      )
      #expect(made.status == 201)
      let id = try #require(made.member("client_id"))
      let secret = try #require(made.member("client_secret"))
      #expect(made.answer?.location == "/admin/v1/clients/\(id)")
      let client = TestClient(id: try #require(ClientID(id)), secret: secret)
      #expect(try await world.server.send(client.tokenRequest()).status == 200)
      let shown = await world.ask("GET", "/admin/v1/clients/\(id)", token: token)
      #expect(shown.answer?.version == 1)
      #expect(!shown.text.contains(secret))
      let administration = world.server.administration
      let registered = try await administration.client(id)
      let expected = ClientRepresentation(
        registered,
        lifetime: TokenLifetime(),
        lastDay: LastDay(try await administration.lastDay(of: registered))
      )
      #expect(shown.text == expected.json.text(), "as by --format json")
      let changed = await world.ask("PATCH", "/admin/v1/clients/\(id)", #"{"scopes":["item"]}"#, token: token)
      #expect(changed.members["scopes"] as? [String] == ["item"])
      #expect(changed.members["name"] as? String == "billing")
      #expect(await world.ask("DELETE", "/admin/v1/clients/\(id)", token: token).status == 204)
      #expect(await world.ask("GET", "/admin/v1/clients/\(id)", token: token).status == 404)
      #expect(try await world.server.send(client.tokenRequest()).status == 400)
      let actor = try await world.server.store.auditRecords(before: nil, subject: id, limit: 1)[0].event.actor
      #expect(actor.hasPrefix("api:"))
    }
  }

  @Test("G3 a stale If-Match is refused, and nothing is changed")
  func staleVersion() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      _ = try await world.server.makeClient { $0.id = "victim" }
      func change(_ tag: String) async -> AdminOutcome {
        await world.ask(
          "PATCH",
          "/admin/v1/clients/victim",
          #"{"token_lifetime":90}"#,
          token: token,
          headers: ["if-match": tag]
        )
      }
      let before = try await world.auditCount()
      for tag in ["\"2\"", "\"0\"", "W/\"1\"", "1", "\"x\"", "\"1\", \"2\"", ""] {
        #expect(await change(tag).status == 412, "\(tag)")
      }
      #expect(try await world.auditCount() == before)
      #expect(await change("\"1\"").answer?.version == 2)
      #expect(await change("\"1\"").status == 412)
      #expect(await change("*").answer?.version == 3)
      let elsewhere = await world.ask(
        "POST",
        "/admin/v1/clients/victim/revoke-tokens",
        token: token,
        headers: ["if-match": "\"3\""]
      )
      #expect(elsewhere.status == 400, "where it would not be looked at, it is not taken")
    }
  }

  @Test("G4 a repeated Idempotency-Key gets the same answer, and with another request 422")
  func repetition() async throws {
    try await AdminWorld.run { world in
      let (token, other) = (try await world.admin(), try await world.admin())
      func make(_ path: String, _ body: String, _ key: String, by token: String) async -> AdminOutcome {
        await world.ask("POST", path, body, token: token, headers: ["idempotency-key": key])
      }
      let clients = "/admin/v1/clients"
      let first = await make(clients, #"{"name":"a","scopes":["item"]}"#, "k1", by: token)
      #expect(first.status == 201)
      let before = try await world.auditCount()
      let again = await make(clients, #"{"name":"a","scopes":["item"]}"#, "k1", by: token)
      #expect(again.status == 201 && again.text == first.text, "its secret, too")
      #expect(await make(clients, #"{"name":"b","scopes":["item"]}"#, "k1", by: token).status == 422)
      #expect(
        await make("/admin/v1/scopes", #"{"name":"b","description":"B"}"#, "k1", by: token).status == 422
      )
      #expect(try await world.auditCount() == before)
      #expect(await make(clients, #"{"name":"a","scopes":["item"]}"#, "k2", by: token).status == 409)
      #expect(
        await make(clients, #"{"name":"c","scopes":["item"]}"#, "k1", by: other).status == 201,
        "the key of another caller is another"
      )
      let id = try #require(first.member("client_id"))
      let secrets = "\(clients)/\(id)/secrets"
      let secret = await make(secrets, #"{"secret":"second"}"#, "k3", by: token)
      #expect(secret.status == 201)
      #expect(secret.member("client_secret") != first.member("client_secret"))
      #expect(await make(secrets, #"{"secret":"second"}"#, "k3", by: token).text == secret.text)
      #expect(await make(secrets, #"{"secret":"third"}"#, "k3", by: token).status == 422)
      for (path, body) in [
        ("/admin/v1/scopes", #"{"name":"s","description":"S"}"#),
        ("/admin/v1/resources", #"{"resource":"urn:r","description":"R","signing_algorithm":"RS256"}"#),
      ] {
        let made = await make(path, body, "key of \(path.count)".replacing(" ", with: "-"), by: token)
        let repeated = await make(path, body, "key of \(path.count)".replacing(" ", with: "-"), by: token)
        #expect(made.status == 201 && repeated.status == 201 && made.text == repeated.text, "\(path)")
        #expect(
          await make(path, body, "another of \(path.count)".replacing(" ", with: "-"), by: token).status
            == 409
        )
      }
      let elsewhere = await world.ask("GET", clients, token: token, headers: ["idempotency-key": "k"])
      #expect(elsewhere.status == 400)
    }
  }

  @Test func aListIsToldInPartsAndACursorIsBelievedOnlyAsItWasTold() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      for _ in 0..<5 { _ = try await world.server.makeClient() }
      var (path, seen): (String, [String]) = ("/admin/v1/clients?limit=3", [])
      var cursors: [String] = []
      while true {
        let part = await world.ask("GET", path, token: token)
        #expect(part.status == 200)
        seen += part.elements.compactMap { $0["client_id"] as? String }
        guard let link = part.answer?.next else { break }
        path = String(try #require(link.firstMatch(of: /^<([^>]+)>; rel="next"$/)).1)
        cursors.append(String(try #require(path.firstMatch(of: /cursor=(.+)$/)).1))
      }
      #expect(seen.count == 7 && seen == seen.sorted() && Set(seen).count == 7)
      let cursor = try #require(cursors.first)
      for forged in ["", "x", cursor + "A", String(cursor.dropLast()), String(cursor.reversed())] {
        #expect(await world.ask("GET", "/admin/v1/clients?cursor=\(forged)", token: token).status == 400)
      }
      #expect(
        await world.ask("GET", "/admin/v1/audit?cursor=\(cursor)", token: token).status == 400,
        "nor is that of another list"
      )
      for limit in ["0", "501", "-1", "x", "1e2", "99999999999999999999"] {
        #expect(await world.ask("GET", "/admin/v1/clients?limit=\(limit)", token: token).status == 400)
      }
    }
  }

  @Test func nobodyGetsMoreThanItHas() async throws {
    try await AdminWorld.run { world in
      let editor = try await world.token([.read, .write, .secrets])
      let admin = try await world.admin()
      let made = await world.ask(
        "POST",
        "/admin/v1/clients",
        #"{"name":"admin","scopes":["tessera:read","tessera:keys"]}"#,
        token: admin
      )
      let id = try #require(made.member("client_id"))
      let before = try await world.auditCount()
      let path = "/admin/v1/clients/\(id)"
      for (method, path, body) in [
        ("POST", "/admin/v1/clients", #"{"name":"mine","scopes":["item","tessera:keys"]}"#),
        ("PATCH", path, #"{"name":"mine"}"#), ("DELETE", path, nil), ("POST", path + "/disable", "{}"),
        ("POST", path + "/secrets", #"{"secret":"mine"}"#), ("DELETE", path + "/secrets/first", nil),
        ("POST", path + "/revoke-tokens", nil),
        (
          "POST", "/admin/v1/scopes",
          #"{"name":"tessera:x","description":"X","resource":"urn:tessera:admin"}"#
        ),
        ("POST", "/admin/v1/scopes/tessera:read/retire", "{}"),
        ("PATCH", "/admin/v1/resources/urn:tessera:admin", #"{"description":"X"}"#),
        ("POST", "/admin/v1/resources/urn:tessera:admin/retire", "{}"),
      ] {
        #expect(await world.ask(method, path, body, token: editor).status == 403, "\(method) \(path)")
      }
      #expect(try await world.auditCount() == before)
      let lesser = await world.ask(
        "POST",
        "/admin/v1/clients",
        #"{"name":"mine","scopes":["item","tessera:read"]}"#,
        token: editor
      )
      #expect(lesser.status == 201, "what it has it may give")
      let lesserID = try #require(lesser.member("client_id"))
      let grown = await world.ask(
        "PATCH",
        "/admin/v1/clients/\(lesserID)",
        #"{"scopes":["tessera:keys"]}"#,
        token: editor
      )
      #expect(grown.status == 403)
    }
  }

  @Test("G2 bad input is a problem that names the field, and changes nothing")
  func badInput() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      _ = try await world.server.makeClient { $0.id = "victim" }
      let before = try await world.auditCount()
      let clients = "/admin/v1/clients"
      let long = String(repeating: "a", count: 10_000)
      let cases: [(method: String, path: String, body: String?, status: Int, field: String?)] = [
        ("POST", clients, "", 400, nil), ("POST", clients, "{", 400, nil), ("POST", clients, "[]", 400, nil),
        ("POST", clients, "null", 400, nil), ("POST", clients, #"{"name":"a","name":"b"}"#, 400, nil),
        ("POST", clients, "{\"name\":\"a\u{0}\"}", 400, nil),
        ("POST", clients, String(repeating: "[", count: 10_000), 400, nil),
        ("POST", clients, #"{"name":"a","scopes":["item"],"secret":1}"#, 422, "secret"),
        ("POST", clients, #"{"scopes":["item"]}"#, 422, "name"),
        ("POST", clients, #"{"name":1,"scopes":["item"]}"#, 422, "name"),
        ("POST", clients, #"{"name":null,"scopes":["item"]}"#, 422, "name"),
        ("POST", clients, #"{"name":"a","scopes":"item"}"#, 422, "scopes"),
        ("POST", clients, #"{"name":"a","scopes":[1]}"#, 422, "scopes"),
        ("POST", clients, #"{"name":"a","scopes":["nothing"]}"#, 422, "scopes"),
        ("POST", clients, #"{"name":"a","scopes":["a b"]}"#, 422, "scopes"),
        ("POST", clients, #"{"name":"a","scopes":["item"],"token_lifetime":1.5}"#, 422, "token_lifetime"),
        ("POST", clients, #"{"name":"a","scopes":["item"],"token_lifetime":1e99}"#, 422, "token_lifetime"),
        ("POST", clients, #"{"name":"a","scopes":["item"],"token_lifetime":-1}"#, 422, "token_lifetime"),
        ("POST", clients, #"{"name":"a","scopes":["item"],"token_format":"x"}"#, 422, "token_format"),
        ("POST", clients, #"{"name":"a","scopes":["item"],"claims":{"sub":"x"}}"#, 422, "claims"),
        ("POST", clients, #"{"name":"a","scopes":["item"],"client_secret":"short"}"#, 422, "client_secret"),
        ("POST", clients, #"{"name":"a","scopes":["item"],"grant_types":["password"]}"#, 422, "grant_types"),
        ("POST", clients, #"{"name":"a\u0000b","scopes":["item"]}"#, 422, "name"),
        ("POST", clients, #"{"name":"a\u202Eb","scopes":["item"]}"#, 422, "name"),
        ("POST", clients, #"{"name":"\#(long)","scopes":["item"]}"#, 422, "name"),
        ("POST", clients, #"{"name":"","scopes":["item"]}"#, 422, "name"),
        ("PATCH", clients + "/victim", "{}", 422, nil), ("PUT", clients, "{}", 405, nil),
        ("POST", clients + "/victim", "{}", 405, nil),
        ("GET", clients + "/nobody", nil, 404, nil), ("GET", clients + "/%00", nil, 404, nil),
        ("GET", clients + "/%zz", nil, 400, nil), ("GET", clients + "/victim/", nil, 404, nil),
        ("GET", clients + "/'%20OR%201=1--", nil, 404, nil), ("GET", "/admin", nil, 404, nil),
        ("GET", "/admin/v1/clients/victim/secrets/nothing", nil, 405, nil),
        ("DELETE", "/admin/v1/clients/victim/secrets/nothing", nil, 404, nil),
        ("GET", clients + "?nothing=1", nil, 400, "nothing"),
        ("GET", clients + "?limit=1&limit=2", nil, 400, "limit"),
        ("GET", clients + "?name=%ff", nil, 400, nil),
        ("POST", "/admin/v1/keys/rotate", #"{"use":["x"]}"#, 422, "use"),
        ("POST", "/admin/v1/revocations", #"{"token":"<script>"}"#, 422, "token"),
        ("POST", "/admin/v1/resources", #"{"resource":"not a uri","description":"a"}"#, 422, "resource"),
        (
          "POST", "/admin/v1/scopes", #"{"name":"x","description":"a","resource":"urn:none"}"#, 422,
          "resource"
        ),
      ]
      for (method, path, body, status, field) in cases {
        let outcome = await world.ask(method, path, body, token: token)
        #expect(
          outcome.status == status,
          "\(method) \(path) \(body?.prefix(80) ?? ""): \(outcome.text.prefix(200))"
        )
        #expect(outcome.member("field") == field, "\(method) \(path) \(body?.prefix(80) ?? "")")
        #expect(outcome.members["status"] as? Int == status)
        #expect(outcome.text.utf8.count < 2000)
      }
      let large = #"{"name":""# + String(repeating: "a", count: 10 << 20) + #""}"#
      #expect(await world.ask("POST", clients, large, token: token).status == 413)
      let form = await world.ask(
        "POST",
        clients,
        "name=a",
        token: token,
        headers: ["content-type": "application/x-www-form-urlencoded"]
      )
      #expect(form.status == 415)
      #expect(try await world.auditCount() == before)
      // What is odd but allowed is kept as it is.
      let odd = #"<b>' OR 1=1; --"#
      let made = await world.ask("POST", clients, #"{"name":"\#(odd)","scopes":["item"]}"#, token: token)
      #expect(made.status == 201 && made.member("name") == odd)
    }
  }

  @Test func aStoreThatDoesNotAnswerIsNoProblemOfTheCaller() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      #expect(await world.ask("GET", "/admin/v1/scopes", token: token).status == 200)
      world.server.store.failure = .unavailable("disk of db.example.com is full")
      let outcome = await world.ask("GET", "/admin/v1/scopes", token: token)
      #expect(outcome.status == 503)
      #expect(outcome.problem?.headers.first?.name == "Retry-After")
      #expect(!outcome.text.contains("db.example.com"))
    }
  }

  @Test func inClearItIsForThisMachineOnly() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      let open = AdminWorld(server: world.server, api: AdminAPI(node: world.api.node, isPrivate: false))
      #expect(await open.ask("GET", "/admin/v1/keys", token: token).status == 403)
    }
  }

  @Test func theDocumentDescribesEveryOperation() throws {
    let text = OpenAPIDocument(operations: AdminOperation.all, version: "1", tokenEndpoint: nil).json.text()
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    )
    let paths = try #require(document["paths"] as? [String: [String: Any]])
    let described = paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } }
    #expect(Set(described) == Set(AdminOperation.all.map { "\($0.method) \($0.path)" }))
    let schemas = try #require((document["components"] as? [String: Any])?["schemas"] as? [String: Any])
    for reference in text.matches(of: /#\/components\/schemas\/(\w+)/) {
      #expect(schemas[String(reference.1)] != nil)
    }
  }
}
