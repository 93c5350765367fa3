import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraManagement

/// What a client has besides its scopes, in the management API.
@Suite struct AdminClientPropertyTests {
  private static let clients = "/admin/v1/clients"

  @Test func whatIsShownIsTakenTooAndTakenAway() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      let body =
        #"{"name":"billing","scopes":["item"],"allowed_addresses":["10.0.0.0/8","::1"],"owner":"Team A","#
        + #""contact":"a@example.com","labels":{"env":"prod"},"quota":600,"quota_burst":100,"quota_log_only":true}"#
      let made = await world.ask("POST", Self.clients, body, token: token)
      #expect(made.status == 201, "\(made.text)")
      let path = Self.clients + "/" + (try #require(made.member("client_id")))
      let shown = await world.ask("GET", path, token: token)
      #expect(
        shown.text.contains(
          #""allowed_addresses":["10.0.0.0/8","::1"],"owner":"Team A","contact":"a@example.com","#
            + #""labels":{"env":"prod"},"quota":600,"quota_burst":100,"quota_log_only":true"#
        )
      )
      let names = [
        "allowed_addresses", "owner", "contact", "labels", "quota", "quota_burst", "quota_log_only",
      ]
      // As it was shown, which changes none of it.
      let same = shown.members.filter { names.contains($0.key) }
      let text = String(decoding: try JSONSerialization.data(withJSONObject: same), as: UTF8.self)
      let again = await world.ask("PATCH", path, text, token: token)
      #expect(again.status == 200, "\(again.text)")
      for name in names {
        #expect("\(again.members[name] ?? "")" == "\(shown.members[name] ?? "")", "\(name)")
      }

      let part = await world.ask("PATCH", path, #"{"quota":60,"labels":{"tier":"b"}}"#, token: token)
      #expect(
        part.text.contains(#""labels":{"tier":"b"},"quota":60,"quota_burst":100,"quota_log_only":true"#)
      )
      let audited = try await world.server.store.auditRecords(before: nil, subject: nil, limit: 1)[0]
      #expect(audited.differences["quota"] == AuditDifference(before: "600", after: "60"))
      #expect(audited.differences["labels"]?.before == #"{"env":"prod"}"#)
      #expect(audited.differences["owner"] == nil)

      let none =
        #"{"allowed_addresses":[],"owner":null,"contact":null,"labels":{},"quota":null,"quota_burst":null,"quota_log_only":false}"#
      let emptied = await world.ask("PATCH", path, none, token: token)
      #expect(emptied.status == 200 && emptied.text.contains(none.dropFirst().dropLast()), "\(emptied.text)")
      let bare = await world.ask(
        "POST",
        Self.clients,
        #"{"name":"bare","scopes":["item"],"# + none.dropFirst(),
        token: token
      )
      #expect(bare.status == 201, "\(bare.text)")
    }
  }

  @Test("G2 a property that is not allowed is a problem that names it")
  func badInput() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      _ = try await world.server.makeClient { $0.id = "victim" }
      let before = try await world.auditCount()
      let long = String(repeating: "a", count: 10_000)
      let labels = (0..<1000).map { #""l\#($0)":"x""# }.joined(separator: ",")
      for (member, field) in [
        (#""owner":"""#, "owner"), (#""owner":"a\u0000b""#, "owner"), (#""owner":"a\u202Eb""#, "owner"),
        (#""owner":"\#(long)""#, "owner"), (#""owner":1"#, "owner"), (#""contact":"\#(long)""#, "contact"),
        (#""contact":"a\nb""#, "contact"), (#""contact":[]"#, "contact"),
        (#""labels":{\#(labels)}"#, "labels"), (#""labels":{"a":1}"#, "labels"),
        (#""labels":null"#, "labels"), (#""labels":{"\#(long)":"x"}"#, "labels"),
        (#""labels":{"a":"\#(long)"}"#, "labels"), (#""labels":{"a\u202E":"x"}"#, "labels"),
        (#""labels":{"a":"\u0000"}"#, "labels"), (#""labels":{"a":""}"#, "labels"),
        (#""quota":0"#, "quota"), (#""quota":-1"#, "quota"), (#""quota":1000001"#, "quota"),
        (#""quota":1e300"#, "quota"), (#""quota":1.5"#, "quota"), (#""quota":"600""#, "quota"),
        (#""quota":9007199254740992"#, "quota"), (#""quota_burst":5"#, "quota"),
        (#""quota":1,"quota_burst":0"#, "quota_burst"), (#""quota":1,"quota_burst":-5"#, "quota_burst"),
        (#""quota":1,"quota_burst":1e9"#, "quota_burst"), (#""quota_log_only":true"#, "quota"),
        (#""quota":1,"quota_log_only":null"#, "quota_log_only"),
        (#""allowed_addresses":["10.0.0.1/8"]"#, "allowed_addresses"),
        (#""allowed_addresses":["\#(long)"]"#, "allowed_addresses"),
        (#""allowed_addresses":"10.0.0.0/8""#, "allowed_addresses"),
        (
          #""allowed_addresses":[\#((0..<65).map { #""10.0.0.\#($0)""# }.joined(separator: ","))]"#,
          "allowed_addresses"
        ),
      ] {
        for (method, path, start) in [
          ("POST", Self.clients, #"{"name":"a","scopes":["item"],"#),
          ("PATCH", Self.clients + "/victim", "{"),
        ] {
          let outcome = await world.ask(method, path, start + member + "}", token: token)
          #expect(outcome.status == 422, "\(method) \(member.prefix(60)): \(outcome.text.prefix(200))")
          #expect(outcome.member("field") == field, "\(method) \(member.prefix(60))")
          #expect(outcome.text.utf8.count < 1000)
        }
      }
      #expect(try await world.auditCount() == before)
    }
  }

  @Test func aListIsNarrowedAndGoesOnWithItsCursor() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      for number in 1...9 {
        let client = try await world.server.makeClient {
          $0.id = "c\(number)"
          $0.name = "Warehouse \(number)"
        }
        try await world.server.change(client) { client in
          client.owner = number < 4 ? "Team A" : "Team B"
          client.labels = ["env": number.isMultiple(of: 2) ? "prod" : "test", "n": "\(number)"]
        }
      }
      try await world.server.administration.setClient(try #require(ClientID("c9")), enabled: false)
      func list(_ query: String) async throws -> [String] {
        var (path, found): (String, [String]) = (Self.clients + "?limit=2&" + query, [])
        while true {
          let part = await world.ask("GET", path, token: token)
          #expect(part.status == 200, "\(part.text)")
          #expect(part.elements.count <= 2)
          found += part.elements.compactMap { $0["client_id"] as? String }
          guard let link = part.answer?.next else { return found }
          path = String(try #require(link.firstMatch(of: /^<([^>]+)>; rel="next"$/)).1)
        }
      }
      #expect(try await list("owner=team+a") == ["c1", "c2", "c3"])
      #expect(try await list("label=env%3Dprod") == ["c2", "c4", "c6", "c8"])
      #expect(try await list("label=env%3Dprod&label=n%3D6") == ["c6"])
      #expect(try await list("label=n&owner=Team%20B&enabled=true") == ["c4", "c5", "c6", "c7", "c8"])
      #expect(try await list("enabled=false") == ["c9"])
      #expect(try await list("name_contains=HOUSE+9") == ["c9"])
      #expect(try await list("name_contains=nothing") == [])
      let named = await world.ask("GET", Self.clients + "?name=warehouse+3", token: token)
      #expect(named.elements.count == 1 && named.answer?.next == nil)
      for query in ["enabled=false", "after=c3"] {
        let other = await world.ask("GET", Self.clients + "?name=warehouse+3&\(query)", token: token)
        #expect(other.status == 200 && other.elements.isEmpty)
      }

      let first = await world.ask("GET", Self.clients + "?limit=2&owner=Team+A", token: token)
      let cursor = try #require(first.answer?.next?.firstMatch(of: /cursor=([^>]+)>/)).1
      for query in ["owner=Team+B", "enabled=true&owner=Team+A", "label=env&owner=Team+A", ""] {
        let answer = await world.ask("GET", Self.clients + "?\(query)&cursor=\(cursor)", token: token)
        #expect(answer.status == 400, "the cursor is of another list: \(query)")
      }
      for (query, field) in [
        ("owner=", "owner"), ("owner=a&owner=b", "owner"), ("label=", "label"), ("label=%00", "label"),
        ("label=a%3D", "label"), ("name_contains=", "name_contains"), ("enabled=1", "enabled"),
        ("name_contains=" + String(repeating: "a", count: 5000), "name_contains"),
        ("label=a%20b", "label"), ("after=", "after"), ("name=Warehouse+3&after=", "after"),
        ("name=Warehouse+3&limit=-395", "limit"),
      ] {
        let answer = await world.ask("GET", Self.clients + "?" + query, token: token)
        #expect(
          answer.status == 400 && answer.member("field") == field,
          "\(query.prefix(40)): \(answer.text)"
        )
      }
    }
  }
}
