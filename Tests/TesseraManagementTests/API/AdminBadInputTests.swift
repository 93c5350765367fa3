import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraManagement

/// Whatever is wrong with a request, each operation there is says so and changes nothing.
@Suite struct AdminBadInputTests {
  @Test("G2 each operation refuses what it cannot read")
  func unreadable() async throws {
    try await AdminWorld.run { world in
      _ = try await world.server.makeClient { $0.id = "victim" }
      let token = try await world.admin()
      let before = try await world.auditCount()
      for operation in AdminOperation.all {
        let request = try #require(AdminCoverageTests.requests[operation.name])
        let (path, parameters) = (request.path, request.path.contains("?") ? "&" : "?")
        func refuses(
          _ status: Int,
          _ path: String,
          _ body: String? = nil,
          _ headers: [String: String] = [:],
          method: String? = nil
        ) async {
          let method = method ?? operation.method
          let outcome = await world.ask(method, path, body, token: token, headers: headers)
          #expect(outcome.status == status, "\(operation.name) \(path): \(outcome.text.prefix(200))")
        }
        await refuses(400, path + parameters + "nothing=1", request.body)
        await refuses(400, path + parameters + "%zz", request.body)
        await refuses(405, path, "{}", method: "PUT")
        if operation.precondition == .none { await refuses(400, path, request.body, ["if-match": "\"1\""]) }
        if !operation.creates { await refuses(400, path, request.body, ["idempotency-key": "k"]) }
        if operation.isPaged { await refuses(400, path + parameters + "cursor=forged", request.body) }
        guard operation.body != nil else { continue }
        for text in ["", "{", "null", "[]", "\"x\"", "{\"a\":1,\"a\":2}", "{} {}", "\u{FEFF}{}"] {
          await refuses(400, path, text)
        }
        await refuses(422, path, #"{"nothing":1}"#)
        await refuses(413, path, "\"" + String(repeating: "a", count: 10 << 20) + "\"")
        await refuses(415, path, "{}", ["content-type": "text/plain"])
      }
      #expect(try await world.auditCount() == before, "nothing was changed")
    }
  }

  @Test("G3 each operation that is based on a version refuses a stale one")
  func staleVersions() async throws {
    try await AdminWorld.run { world in
      _ = try await world.server.makeClient { $0.id = "victim" }
      let token = try await world.admin()
      let before = try await world.auditCount()
      let based = AdminOperation.all.filter { $0.precondition == .version }
      #expect(based.count >= 6)
      for operation in based {
        let request = try #require(AdminCoverageTests.requests[operation.name])
        let stale = ["if-match": "\"7\""]
        let outcome = await world.ask(
          operation.method,
          request.path,
          request.body,
          token: token,
          headers: stale
        )
        #expect(outcome.status == 412, "\(operation.name): \(outcome.text)")
      }
      #expect(try await world.auditCount() == before)
    }
  }

  @Test("G4 each operation that makes something refuses its key for another request")
  func otherRequests() async throws {
    try await AdminWorld.run { world in
      _ = try await world.server.makeClient { $0.id = "victim" }
      let token = try await world.admin()
      let making = AdminOperation.all.filter(\.creates)
      #expect(making.count >= 4)
      for operation in making {
        let request = try #require(AdminCoverageTests.requests[operation.name])
        let body = try #require(request.body)
        func make(_ body: String) async -> AdminOutcome {
          await world.ask(
            "POST",
            request.path,
            body,
            token: token,
            headers: ["idempotency-key": operation.name]
          )
        }
        #expect(await make(body).status == 201, "\(operation.name)")
        let before = try await world.auditCount()
        #expect(await make(body + " ").status == 422, "\(operation.name)")
        #expect(try await world.auditCount() == before)
      }
    }
  }

  @Test("G2 a name that nobody can read is refused wherever there is one, and an odd one is kept as it is")
  func names() async throws {
    try await AdminWorld.run { world in
      _ = try await world.server.makeClient { $0.id = "victim" }
      let token = try await world.admin()
      let places: [(path: String, member: String, body: (String) -> String)] = [
        ("/admin/v1/clients", "name", { #"{"name":"\#($0)","scopes":["item"]}"# }),
        ("/admin/v1/clients/victim/secrets", "secret", { #"{"secret":"\#($0)"}"# }),
        ("/admin/v1/scopes", "description", { #"{"name":"s\#($0.utf8.count)","description":"\#($0)"}"# }),
        (
          "/admin/v1/resources", "description",
          { #"{"resource":"urn:r\#($0.utf8.count)","description":"\#($0)"}"# }
        ),
      ]
      let before = try await world.auditCount()
      let bad = [
        "", " a", "a ", "a\\u0000b", "a\\u202Eb", "a\\u200Fb", "a\\nb", "\\u0301a",
        String(repeating: "a", count: 10_000),
      ]
      for place in places {
        for name in bad {
          let outcome = await world.ask("POST", place.path, place.body(name), token: token)
          #expect(outcome.status == 422, "\(place.path) \(name.prefix(20)): \(outcome.text.prefix(200))")
          #expect(outcome.member("field") == place.member)
        }
      }
      #expect(try await world.auditCount() == before)
      for odd in ["<b>x</b>", "'; DROP TABLE clients; --", "${jndi:ldap://x}"] {
        for place in places {
          let outcome = await world.ask("POST", place.path, place.body(odd), token: token)
          #expect(outcome.status == 201 && outcome.member(place.member) == odd, "\(outcome.text)")
        }
      }
    }
  }

  @Test func aSecretThatIsInUseIsRevokedByForceOnly() async throws {
    try await AdminWorld.run { world in
      let client = try await world.server.makeClient { $0.id = "victim" }
      let token = try await world.admin()
      let path = "/admin/v1/clients/victim/secrets/default"
      #expect(try await world.server.send(client.tokenRequest()).status == 200)
      try await world.server.replica.recordSecretUses()
      let before = try await world.auditCount()
      let refused = await world.ask("DELETE", path, token: token)
      #expect(refused.status == 409 && refused.member("field") == "force")
      #expect(try await world.auditCount() == before)
      #expect(await world.ask("DELETE", path + "?force=true", token: token).status == 204)
      let second = #"{"secret":"second"}"#
      #expect(await world.ask("POST", "/admin/v1/clients/victim/secrets", second, token: token).status == 201)
      let unused = "/admin/v1/clients/victim/secrets/second"
      #expect(await world.ask("DELETE", unused, token: token).status == 204, "nobody has used it")
    }
  }

  @Test func theAuditLogHasWhoAskedAndFromWhere() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      let body = #"{"name":"a","scopes":["item"]}"#
      let made = await world.ask("POST", "/admin/v1/clients", body, token: token, from: "192.0.2.7")
      let id = try #require(made.member("client_id"))
      let event = try await world.server.store.auditRecords(before: nil, subject: id, limit: 1)[0].event
      #expect(event.address == "192.0.2.7" && event.actor.hasPrefix("api:"))
    }
  }
}
