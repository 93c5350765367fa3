import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraManagement

/// What is declared as a whole, and what is imported, by the API.
@Suite struct AdminDeclarationTests {
  private static let apply = "/admin/v1/declaration/apply"
  private static let plan = "/admin/v1/declaration/plan"
  private static let one = #"{"clients":[{"name":"declared","scopes":["item"]}]}"#

  @Test("G7 what is declared is planned, applied once, and the same again changes nothing")
  func planAndApply() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      let before = try await world.auditCount()
      let plan = await world.ask("POST", Self.plan, Self.one, token: token)
      let changes = try #require(plan.members["changes"] as? [[String: Any]])
      #expect(changes.count == 1 && changes[0]["action"] as? String == "create")
      #expect(changes[0]["client_id"] is NSNull)
      #expect(try await world.auditCount() == before, "nothing was changed")
      let applied = await world.ask("POST", Self.apply, Self.one, token: token)
      let secrets = try #require(applied.members["secrets"] as? [[String: String]])
      #expect(secrets.count == 1)
      let client = TestClient(
        id: try #require(secrets[0]["client_id"].flatMap(ClientID.init)),
        secret: try #require(secrets[0]["client_secret"])
      )
      #expect(try await world.server.send(client.tokenRequest()).status == 200)
      let done = try await world.auditCount()
      let again = await world.ask("POST", Self.apply, Self.one, token: token)
      #expect(again.status == 200 && (again.members["changes"] as? [Any])?.isEmpty == true)
      #expect((again.members["secrets"] as? [Any])?.isEmpty == true)
      #expect(try await world.auditCount() == done)
    }
  }

  @Test func newSecretsNeedTheirScopeAndAreNotMadeWithoutIt() async throws {
    try await AdminWorld.run { world in
      let token = try await world.token([.write])
      let before = try await world.auditCount()
      let refused = await world.ask("POST", Self.apply, Self.one, token: token)
      #expect(refused.status == 403 && refused.text.contains("tessera:secrets"))
      #expect(try await world.auditCount() == before)
      let body = Self.one.replacing("\"item\"]", with: "\"item\"],\"secret\":\"none\"")
      #expect(await world.ask("POST", Self.apply, body, token: token).status == 200)
    }
  }

  @Test func whatChangedSinceThePlanIsNotOverrun() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      let body = Self.one.replacing("}]}", with: "}],\"prune\":true}")
      let plan = await world.ask("POST", Self.plan, body, token: token)
      let digest = try #require(plan.member("digest"))
      #expect(await world.ask("POST", Self.plan, body, token: token).member("digest") == digest)
      _ = try await world.server.makeClient { $0.id = "victim" }
      let meant = body.replacing("}],", with: "}],\"digest\":\"\(digest)\",")
      let before = try await world.auditCount()
      #expect(await world.ask("POST", Self.apply, meant, token: token).status == 409)
      #expect(try await world.auditCount() == before, "what came since is not removed")
      #expect(await world.ask("POST", Self.apply, body, token: token).status == 200)
      #expect(await world.ask("GET", "/admin/v1/clients/victim", token: token).status == 404)
    }
  }

  @Test("G2 what is wrong in a declaration is named by its place, and all of it is left undone")
  func places() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      let boss = try #require(
        try await world.server.administration.clients(named: "first").first?.id.rawValue
      )
      let before = try await world.auditCount()
      let good = #"{"name":"a","scopes":["item"]}"#
      let cases = [
        (#"{"clients":[\#(good),{"name":"b","scopes":["none"]}]}"#, "/clients/1/scopes"),
        (#"{"clients":[\#(good),{"name":"a","scopes":["item"]}]}"#, "/clients/1/name"),
        (#"{"clients":[\#(good),{"scopes":["item"]}]}"#, "/clients/1/name"),
        (#"{"clients":[{"name":"a","scopes":"item"}]}"#, "/clients/0/scopes"),
        (#"{"clients":[{"name":"a","scopes":["item"],"token_lifetime":0.5}]}"#, "/clients/0/token_lifetime"),
        (#"{"clients":[{"name":"a","scopes":["item"],"token_format":"x"}]}"#, "/clients/0/token_format"),
        (#"{"clients":[{"name":"a","scopes":["item"],"labels":{"a":1}}]}"#, "/clients/0/labels"),
        (#"{"clients":[{"name":"a","scopes":["item"],"more":1}]}"#, "/clients/0/more"),
        (#"{"clients":[{"name":"a","scopes":null}]}"#, "/clients/0/scopes"),
        (#"{"clients":[{"name":"a","client_id":"\#(boss)","scopes":["item"]}]}"#, "/clients/0"),
        (#"{"clients":[{"name":"a","scopes":["tessera:write"]}]}"#, "/clients/0/scopes"),
        (#"{"scopes":[{"name":"x","description":"X","resource":"urn:none"}]}"#, "/scopes/0/resource"),
        (#"{"resources":[{"uri":"urn:tessera:admin","description":"X"}]}"#, "/resources/0/uri"),
        (#"{"clients":[1]}"#, "clients"), (#"{"clients":{}}"#, "clients"), (#"{"prune":1}"#, "prune"),
      ]
      for path in [Self.plan, Self.apply] {
        for (body, field) in cases {
          let outcome = await world.ask("POST", path, body, token: token)
          #expect(outcome.status == 422 && outcome.member("field") == field, "\(body): \(outcome.text)")
        }
      }
      #expect(try await world.auditCount() == before)
    }
  }

  @Test func whatIsExportedChangesNothingWhenItIsDeclared() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      _ = try await world.server.makeClient { $0.id = "a" }
      let exported = await world.ask("GET", "/admin/v1/declaration", token: token)
      var entries: [String: [String]] = [:]
      for line in exported.text.split(separator: "\n").dropLast() {
        let entry = try #require(line.firstMatch(of: /"kind":"(\w+)","declared":(.*)}/))
        entries[String(entry.1), default: []].append(String(entry.2))
      }
      #expect(exported.text.hasSuffix("}\n") && exported.text.contains(#"{"operators_left_out":"#))
      #expect(!exported.text.contains("tessera:"))
      let members = entries.map { "\"\($0.key)\":[\($0.value.joined(separator: ","))]" }
      let body = "{\"prune\":true,\(members.joined(separator: ","))}"
      let plan = await world.ask("POST", Self.plan, body, token: token)
      #expect(plan.status == 200 && (plan.members["changes"] as? [Any])?.isEmpty == true, "\(plan.text)")
    }
  }

  @Test func anImportGivesNobodyMoreThanItsCallerHas() async throws {
    try await AdminWorld.run { world in
      let editor = try await world.token([.read, .write, .secrets])
      func take(_ body: String) async -> AdminOutcome {
        await world.ask("POST", "/admin/v1/import", "{\"source\":\"csv\",\(body)}", token: editor)
      }
      let before = try await world.auditCount()
      #expect(await take(#""file":"a tessera:keys""#).status == 403)
      #expect(await take(#""file":"a item","scopes":["tessera:keys"]"#).status == 403)
      #expect(await take(#""file":"a new","resource_of_new_scopes":"urn:tessera:admin""#).status == 403)
      #expect(await take(#""file":"broken""#).status == 422)
      #expect(await take(#""file":"a item\na item""#).status == 422)
      let many = (0...5000).map { "c\($0) item" }.joined(separator: "\\n")
      #expect(await take("\"file\":\"\(many)\"").text.contains("at most 5000"))
      let dry = await take(#""file":"a item","dry_run":true"#)
      #expect(dry.members["taken_over"] as? Int == 1 && dry.members["dry_run"] as? Bool == true)
      #expect(try await world.auditCount() == before, "nothing was changed")
      let report = await take(#""file":"a item\nb nothing""#)
      #expect(report.members["taken_over"] as? Int == 1, "\(report.text)")
      #expect((report.members["not_taken_over"] as? [[String: Any]])?.first?["place"] as? String == "line 2")
      #expect(await world.ask("GET", "/admin/v1/clients/a", token: editor).status == 200)
    }
  }

  @Test func aCallerHasOneRequestWithAFileAtATimeAndAllTogetherFour() throws {
    let requests = FileRequests()
    let callers = (0..<5).compactMap { ClientID("caller \($0)") }
    for caller in callers.prefix(4) { try requests.begin(by: caller) }
    #expect(throws: AdminProblem.self) { try requests.begin(by: callers[0]) }
    #expect(throws: AdminProblem.self) { try requests.begin(by: callers[4]) }
    requests.end(by: callers[0])
    #expect(throws: AdminProblem.self) { try requests.begin(by: callers[1]) }
    try requests.begin(by: callers[4])
  }
}
