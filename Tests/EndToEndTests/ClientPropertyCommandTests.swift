import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// What a client has besides its scopes, by the command line.
@Suite struct ClientPropertyCommandTests {
  private static let create = ["client", "create", "--name", "Warehouse", "--scope", "item"]
  private static let properties = [
    "--owner", "Team A", "--contact", "a@example.com", "--label", "env=prod", "--label", "tier=a=b",
    "--quota",
    "600", "--quota-burst", "100",
  ]

  @Test func propertiesAreShownChangedFoundAndRemoved() async throws {
    let folder = try await TemporaryFolder.withData()
    func tessera(_ arguments: [String]) async throws -> TesseraProcess.Outcome {
      try await TesseraProcess.run(arguments, in: folder)
    }
    #expect(try await tessera(Self.create + Self.properties).status == 0)
    #expect(try await tessera(["client", "create", "--name", "Other", "--scope", "item"]).status == 0)
    let show = ["client", "show", "Warehouse"]
    let text = try await tessera(show).output
    for (name, value) in [
      ("owner", "Team A"), ("contact", "a@example.com"), ("labels", "env=prod, tier=a=b"),
      ("quota", "600 requests a minute, 100 at once"),
    ] {
      #expect(
        text.split(separator: "\n").contains { $0.hasPrefix("  \(name) ") && $0.hasSuffix(" \(value)") },
        "\(text)"
      )
    }
    func properties() async throws -> [String: Any] { try await tessera(show + ["--format", "json"]).json }
    let made = try await properties()
    #expect(made["labels"] as? [String: String] == ["env": "prod", "tier": "a=b"])
    #expect(made["quota"] as? Int == 600 && made["quota_burst"] as? Int == 100)

    func found(_ options: String...) async throws -> [String] {
      let outcome = try await tessera(["client", "list", "--format", "json"] + options)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let list = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
      return try #require(list).compactMap { $0["name"] as? String }.sorted()
    }
    #expect(try await found() == ["Other", "Warehouse"])
    #expect(try await found("--name", "HOUSE") == ["Warehouse"])
    #expect(try await found("--owner", "team a", "--label", "env", "--enabled") == ["Warehouse"])
    #expect(try await found("--label", "env=test") == [])
    #expect(try await found("--disabled") == [])
    #expect(try await tessera(["client", "list", "--name", "nothing"]).output == "no clients\n")

    let update = ["client", "update", "Warehouse"]
    #expect(try await tessera(update + ["--owner", "Team B", "--quota-log-only"]).status == 0)
    #expect(try await tessera(show).output.contains("100 at once, which only logs"))
    let removed = try await tessera(update + ["--no-owner", "--no-contact", "--no-labels", "--no-quota"])
    #expect(removed.status == 0, "\(removed.errors)")
    let bare = try await properties()
    #expect(bare["owner"] is NSNull && bare["contact"] is NSNull && bare["quota"] is NSNull)
    #expect((bare["labels"] as? [String: String])?.isEmpty == true)
    let audit = try await tessera(["audit", "list", "--subject", "Warehouse", "--format", "json"]).output
    #expect(audit.contains("Team A") && audit.contains("quota_log_only"))
  }

  @Test(arguments: [
    ["--owner", ""], ["--owner", "a\u{202E}b"], ["--contact", " a"],
    ["--owner", String(repeating: "a", count: 10_000)], ["--owner", "a", "--no-owner"],
    ["--contact", "a", "--no-contact"], ["--label", "a"], ["--label", "=a"], ["--label", "a="],
    ["--label", "a b=c"], ["--label", "a=b", "--label", "a=c"], ["--label", "a=b", "--no-labels"],
    (0..<1000).flatMap { ["--label", "l\($0)=x"] }, ["--quota", "0"], ["--quota", "-1"], ["--quota", "x"],
    ["--quota", "99999999999999999999"], ["--quota", "1000001"], ["--quota", "1", "--quota-burst", "0"],
    ["--quota", "1", "--no-quota"], ["--quota-burst", "1", "--no-quota"],
    ["--quota-log-only", "--no-quota"],
  ])
  func badOptionsChangeNothing(options: [String]) async throws {
    let folder = try await TemporaryFolder.withData()
    #expect(try await TesseraProcess.run(Self.create + Self.properties, in: folder).status == 0)
    let outcome = try await TesseraProcess.run(["client", "update", "Warehouse"] + options, in: folder)
    #expect(outcome.status != 0 && outcome.output.isEmpty, "\(options.prefix(4))")
    #expect(!outcome.errors.isEmpty && outcome.errors.utf8.count < 2000)
    let show = ["client", "show", "Warehouse", "--format", "json"]
    #expect(try await TesseraProcess.run(show, in: folder).json["version"] as? Int == 1)
  }

  @Test func aQuotaWithoutANumberIsRefused() async throws {
    let folder = try await TemporaryFolder.withData()
    for options in [["--quota-burst", "5"], ["--quota-log-only"]] {
      let outcome = try await TesseraProcess.run(Self.create + options, in: folder)
      #expect(outcome.status != 0 && outcome.errors.contains("requests a minute"), "\(outcome.errors)")
    }
    for options in [["--name", ""], ["--label", "a b"], ["--owner", ""], ["--enabled", "--disabled"]] {
      #expect(try await TesseraProcess.run(["client", "list"] + options, in: folder).status != 0)
    }
  }

  @Test func whatIsBeyondAQuotaIsRefusedCountedAndExplained() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let management = try await server.management()
    let client = try await server.makeClient("--scope", "item", "--quota", "1")
    let logged = try await server.makeClient("--scope", "item", "--quota", "1", "--quota-log-only")
    for expected in [200, 429, 429] {
      #expect(try await server.send(client.tokenRequest()).status == expected)
      #expect(try await server.send(logged.tokenRequest()).status == 200)
    }
    func requests(_ result: String) async throws -> Double? {
      try await management.metric(
        #"tessera_token_requests_total{dialect="contract",grant="client_credentials",result="\#(result)",auth_method="client_secret_post"}"#
      )
    }
    try await wait { try await requests("issued") == 4 }
    #expect(try await requests("over_quota") == 2)
    #expect(try await requests("slow_down") == nil)
    #expect(try await management.metric(#"tessera_quota_excess_total{dialect="contract"}"#) == 2)
    let explained = try await server.tessera("explain", "--client", client.id.rawValue, "--scope", "item")
    #expect(explained.output.contains("its quota at each server is 1 request a minute, 1 at once"))
    #expect(explained.output.contains("It gets a token."), "nothing of it is used up by asking")
    #expect(try await server.stop().errors.contains("beyond its quota"))
  }
}
