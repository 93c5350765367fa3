import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// Usage as operators meet it, and what a killed server loses of it.
@Suite struct UsageTests {
  private func usage(_ client: TestClient, in folder: TemporaryFolder) async throws -> TesseraProcess.Outcome
  {
    let arguments = ["client", "usage", client.id.rawValue, "--days", "2", "--format", "json"]
    return try await TesseraProcess.run(arguments, in: folder)
  }

  private func issued(_ client: TestClient, in folder: TemporaryFolder) async throws -> Int? {
    try await usage(client, in: folder).json["issued"] as? Int
  }

  @Test func aServerThatStopsTellsAllAndOneThatIsKilledLosesOnlyWhatItHasNotTold() async throws {
    let seldom = ["TESSERA_USAGE_INTERVAL": "3600"]
    var server = try await RunningServer.start(in: TemporaryFolder(), environment: seldom)
    let folder = server.folder
    let client = try await server.makeClient()
    for _ in 0..<3 { #expect(try await server.send(client.tokenRequest()).status == 200) }
    try await server.stop()
    #expect(try await issued(client, in: folder) == 3)

    server = try await RunningServer.start(in: folder, environment: ["TESSERA_USAGE_INTERVAL": "1"])
    for _ in 0..<2 { #expect(try await server.send(client.tokenRequest()).status == 200) }
    try await wait { try await issued(client, in: folder) == 5 }
    server.process.signal(SIGKILL)
    _ = try await server.process.outcome()
    #expect(try await issued(client, in: folder) == 5)

    server = try await RunningServer.start(in: folder, environment: seldom)
    for _ in 0..<2 { #expect(try await server.send(client.tokenRequest()).status == 200) }
    server.process.signal(SIGKILL)
    _ = try await server.process.outcome()
    #expect(try await issued(client, in: folder) == 5, "those of one interval, and no others")
  }

  @Test func usageIsDrawnAndAClientThatFetchesForEachCallIsTold() async throws {
    let folder = try TemporaryFolder()
    var server = try await RunningServer.start(in: folder)
    let client = try await server.makeClient()
    for _ in 0..<100 { #expect(try await server.send(client.tokenRequest()).status == 200) }
    #expect(try await server.send(client.tokenRequest(["scope": "none"])).status == 400)
    try await server.stop()
    server = try await RunningServer.start(in: folder)

    let drawn = try await server.tessera("client", "usage", client.id.rawValue)
    #expect(drawn.status == 0, "\(drawn.errors)")
    let lines = drawn.output.split(separator: "\n")
    #expect(lines.contains { $0.contains("████") })
    #expect(lines.filter { $0.hasSuffix(":00  0") }.count >= 22, "each hour has its line")
    #expect(drawn.output.contains("invalid_scope 1"))
    #expect(drawn.output.contains("item 100"))
    #expect(drawn.output.contains("keep each token until it expires"))
    let byDay = try await server.tessera("client", "usage", client.id.rawValue, "--days", "7")
    #expect(byDay.output.contains("DAY") && !byDay.output.contains(":00  "))

    let shown = try await server.tessera("client", "show", client.id.rawValue)
    #expect(shown.output.contains("In the last day: issued 100, denied 1; keep each token"))
    let json = try await server.tessera("client", "show", client.id.rawValue, "--format", "json")
    let lastDay = try #require(json.json["last_day"] as? [String: Any])
    #expect(lastDay["issued"] as? Int == 100)
    #expect(lastDay["needless"] as? Int ?? 0 >= 60)

    let report = try await server.tessera("report", "usage")
    #expect(report.output.contains(client.id.rawValue) && report.output.contains(" % of all)"))
    let management = try await server.management()
    try await wait { try await management.metric("tessera_clients_fetching_needlessly") == 1 }
    #expect(try await management.metric("tessera_needless_tokens") ?? 0 >= 60)
    try await server.stop()
  }

  @Test func whatIsYoungIsNotCalledUnused() async throws {
    let folder = try await TemporaryFolder.withData()
    let text = try await TesseraProcess.run(["report", "unused"], in: folder)
    #expect(text.status == 0 && text.output == "nothing is unused for so long\n")
    let json = try await TesseraProcess.run(["report", "unused", "--format", "json"], in: folder)
    #expect(json.status == 0 && json.output == "[]\n")
  }

  @Test(
    arguments: [
      (["client", "usage", "none"], 4), (["client", "usage", "none", "--days", "0"], 2),
      (["client", "usage", "none", "--days", "3661"], 2), (["report", "unused", "--days", "-1"], 2),
      (["report", "usage", "--days", "101"], 2), (["report", "unused", "--days", "x"], 2),
    ] as [([String], Int32)]
  )
  func whatCannotBeMeantIsRefused(arguments: [String], status: Int32) async throws {
    let outcome = try await TesseraProcess.run(arguments, in: try await TemporaryFolder.withData())
    #expect(outcome.status == status)
    #expect(outcome.output.isEmpty && outcome.errors.split(separator: "\n").count == 1)
  }
}
