import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraManagement

/// Usage by the API.
@Suite struct AdminUsageTests {
  @Test func usageIsShownByHourAndInAll() async throws {
    try await AdminWorld.run { world in
      let client = try await world.server.makeClient { $0.id = "a" }
      for _ in 0..<3 { #expect(try await world.server.send(client.tokenRequest()).status == 200) }
      #expect(try await world.server.send(client.tokenRequest(["scope": "none"])).status == 400)
      world.server.clocks.advance(seconds: 3600)
      try await world.server.replica.catchUp()
      #expect(try await world.server.send(client.tokenRequest()).status == 200)
      let token = try await world.admin()
      try await world.server.replica.recordUsage()

      let shown = await world.ask("GET", "/admin/v1/clients/a/usage", token: token)
      #expect(shown.status == 200)
      #expect(shown.members["issued"] as? Int == 4)
      #expect(shown.members["denied"] as? [String: Int] == ["invalid_scope": 1])
      #expect(shown.members["scopes"] as? [String: Int] == ["item": 4])
      let hours = try #require(shown.members["hours"] as? [[String: Any]])
      #expect(hours.map { $0["issued"] as? Int } == [3, 1])
      let second = try #require(hours[1]["hour"] as? String)
      let later = await world.ask("GET", "/admin/v1/clients/a/usage?from=\(second)", token: token)
      #expect(later.members["issued"] as? Int == 1)
      #expect(later.member("from") == second)
      let earlier = await world.ask(
        "GET",
        "/admin/v1/clients/a/usage?from=2023-08-10T12:59:59Z&to=\(second)",
        token: token
      )
      #expect(earlier.members["issued"] as? Int == 3, "the hour that an end touches counts")

      let all = await world.ask("GET", "/admin/v1/usage/all", token: token)
      #expect(all.members["issued"] as? Int == 5, "the operator's token is among them")
      #expect(all.members["client_id"] is NSNull)
      let described = await world.ask("GET", "/admin/v1/clients/a", token: token)
      let lastDay = try #require(described.members["last_day"] as? [String: Any])
      #expect(lastDay["issued"] as? Int == 4 && lastDay["denied"] as? Int == 1)
      #expect(lastDay["needless"] as? Int == 0 && lastDay["advice"] is NSNull)
      #expect(await world.ask("GET", "/admin/v1/clients/none/usage", token: token).status == 404)
    }
  }

  @Test func usageOfAllClientsComesInParts() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      for name in ["a", "b", "c"] {
        let client = try await world.server.makeClient { $0.id = name }
        #expect(try await world.server.send(client.tokenRequest()).status == 200)
      }
      try await world.server.replica.recordUsage()
      var path = "/admin/v1/usage?limit=2&from=2023-08-01T00:00:00Z"
      var found: [String: Int] = [:]
      for _ in 0..<10 {
        let part = await world.ask("GET", path, token: token)
        #expect(part.status == 200 && part.elements.count <= 2)
        for element in part.elements {
          let id = try #require(element["client_id"] as? String)
          #expect(found[id] == nil, "none twice")
          found[id] = try #require(element["issued"] as? Int)
        }
        guard let link = part.answer?.next, let next = link.firstMatch(of: /<(.+)>/) else { break }
        path = String(next.1)
        #expect(path.contains("from=2023"), "it goes on with what was asked")
      }
      #expect(found.filter { ["a", "b", "c"].contains($0.key) } == ["a": 1, "b": 1, "c": 1])
    }
  }

  @Test func whatIsUnusedIsListed() async throws {
    try await AdminWorld.run { world in
      for name in ["a", "b"] { _ = try await world.server.makeClient { $0.id = name } }
      world.server.clocks.advance(seconds: 50 * 86_400)
      try await world.server.replica.catchUp()
      let token = try await world.admin()
      #expect(await world.ask("GET", "/admin/v1/unused", token: token).elements.isEmpty)
      let first = await world.ask("GET", "/admin/v1/unused?days=49&limit=1", token: token)
      #expect(first.elements.contains { $0["kind"] as? String == "scope" })
      var clients = first.elements.compactMap { $0["client_id"] as? String }
      var next = first.answer?.next
      for _ in 0..<10 {
        guard let path = next?.firstMatch(of: /<(.+)>/) else { break }
        #expect(path.1.contains("days=49"))
        let part = await world.ask("GET", String(path.1), token: token)
        #expect(part.status == 200)
        #expect(!part.elements.contains { $0["kind"] as? String == "scope" })
        clients += part.elements.compactMap { $0["client_id"] as? String }
        next = part.answer?.next
      }
      #expect(Set(clients).isSuperset(of: ["a", "b"]))
      #expect(first.elements.allSatisfy { $0["certain"] as? Bool == false })
      let cursor = try #require(first.answer?.next?.firstMatch(of: /cursor=([^>]+)>/)?.1)
      let other = "/admin/v1/unused?days=48&cursor=\(cursor)"
      #expect(await world.ask("GET", other, token: token).status == 400, "it is of another list")
    }
  }

  @Test func whatCannotBeMeantIsRefused() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      _ = try await world.server.makeClient { $0.id = "a" }
      let cases = [
        ("/admin/v1/clients/a/usage?from=yesterday", "from"), ("/admin/v1/clients/a/usage?to=", "to"),
        ("/admin/v1/clients/a/usage?from=2023-08-11T00:00:00Z&to=2023-08-10T00:00:00Z", "from"),
        ("/admin/v1/clients/a/usage?from=1970-01-01T00:00:00Z", "from"),
        ("/admin/v1/usage?from=2022-01-01T00:00:00Z", "from"),
        ("/admin/v1/usage/all?days=1", "days"), ("/admin/v1/unused?days=0", "days"),
        ("/admin/v1/unused?days=x", "days"), ("/admin/v1/unused?days=99999999999", "days"),
        ("/admin/v1/usage?cursor=x", "cursor"), ("/admin/v1/unused?limit=501", "limit"),
      ]
      for (path, field) in cases {
        let outcome = await world.ask("GET", path, token: token)
        #expect(outcome.status == 400, "\(path): \(outcome.text)")
        #expect(outcome.member("field") == field, "\(path)")
      }
    }
  }

  @Test func howManyClientsFetchNeedlesslyIsAMetric() async {
    let unknown = await UsageMetrics(needless: { nil }).metrics()
    #expect(!PrometheusText(unknown).text.contains("\ntessera_needless_tokens "))
    let known = await UsageMetrics(needless: { (2, 345) }).metrics()
    #expect(PrometheusText(known).text.contains("\ntessera_clients_fetching_needlessly 2\n"))
    #expect(PrometheusText(known).text.contains("\ntessera_needless_tokens 345\n"))
  }
}
