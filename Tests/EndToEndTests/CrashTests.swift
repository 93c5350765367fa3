import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// What was acknowledged survives kill -9.
@Suite struct CrashTests {
  /// A thousand registrations by eight workers, each of which kills every third of its processes at a random
  /// moment of its life.
  @Test(.timeLimit(.minutes(60)))
  func everyAcknowledgedRegistrationIsThereAfterKillNine() async throws {
    let folder = try await TemporaryFolder.withData()
    #expect(
      try await TesseraProcess.run(["client", "create", "--name", "first", "--scope", "item"], in: folder)
        .status == 0
    )

    let acknowledged = try await withThrowingTaskGroup(of: [String].self) { group in
      for worker in 0..<8 {
        group.addTask {
          var names: [String] = []
          for number in 0..<125 {
            let name = "client \(worker)-\(number)"
            let process = try await TesseraProcess(
              ["client", "create", "--name", name, "--scope", "item", "--format", "json"],
              in: folder
            )
            if number % 3 == 0 {
              let moment = ContinuousClock.now + .microseconds(Int.random(in: 0..<60_000))
              try await wait { ContinuousClock.now >= moment || process.hasEnded }
              process.signal(SIGKILL)
            }
            let outcome = try await process.outcome()
            // A complete answer is an acknowledgement, even of a process that was killed right after it.
            if outcome.member("client_secret") != nil { names.append(name) }
          }
          return names
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(acknowledged.count >= 600 && acknowledged.count < 1000, "\(acknowledged.count) were acknowledged")

    let list = try await TesseraProcess.run(["client", "list", "--format", "json"], in: folder)
    let clients = try #require(
      try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]]
    )
    let stored = Set(clients.compactMap { $0["name"] as? String })
    #expect(Set(acknowledged).subtracting(stored).isEmpty)

    let audit = try await TesseraProcess.run(
      ["audit", "list", "--limit", "100000", "--format", "json"],
      in: folder
    )
    let records = try #require(
      try JSONSerialization.jsonObject(with: Data(audit.output.utf8)) as? [[String: Any]]
    )
    let created = records.filter { $0["action"] as? String == "client.created" }
    #expect(created.count == stored.count, "one audit record a client, no more and no fewer")

    let server = try await RunningServer.start(in: folder)
    let client = try await server.makeClient()
    #expect(try await server.send(client.tokenRequest()).status == 200)
    try await server.stop()
  }

  @Test func aServerThatWasKilledStartsAgain() async throws {
    let folder = try TemporaryFolder()
    let first = try await RunningServer.start(in: folder)
    let client = try await first.makeClient()
    #expect(try await first.send(client.tokenRequest()).status == 200)
    first.process.signal(SIGKILL)
    #expect(try await first.process.outcome().status == -SIGKILL)
    let second = try await RunningServer.start(in: folder)
    #expect(try await second.send(client.tokenRequest()).status == 200)
    try await second.stop()
  }
}
