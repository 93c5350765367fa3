import Foundation
import TesseraTestSupport
import Testing

/// What systemd, and what looks after a container, hear of a server.
@Suite struct ServiceManagerTests {
  @Test func systemdHearsThatItIsReadyAliveAndStopping() async throws {
    let receiver = try NotifyReceiver(isAbstract: true)
    let server = try await RunningServer.start(
      in: TemporaryFolder(),
      environment: ["NOTIFY_SOCKET": receiver.name, "WATCHDOG_USEC": "20000"]
    )
    #expect(try await receiver.next() == "READY=1")
    for _ in 0..<3 { #expect(try await receiver.next() == "WATCHDOG=1") }
    #expect(try await server.stop().status == 0)
    var last = try await receiver.next()
    while last == "WATCHDOG=1" { last = try await receiver.next() }
    #expect(last == "STOPPING=1")
  }

  @Test func aServerThatDoesNotStartIsNeverReady() async throws {
    let receiver = try NotifyReceiver()
    let outcome = try await TesseraProcess.run(
      ["serve"],
      in: TemporaryFolder(),
      environment: ["NOTIFY_SOCKET": receiver.name]
    )
    #expect(outcome.status == 1)
    #expect(receiver.message() == nil)
  }

  @Test func healthcheckFindsAServerThatAnswers() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let environment = ["TESSERA_HTTP_PORT": "\(server.port)"]
    func check() async throws -> TesseraProcess.Outcome {
      try await TesseraProcess.run(["healthcheck"], in: server.folder, environment: environment)
    }
    let found = try await check()
    #expect(found.status == 0 && found.output.isEmpty && found.errors.isEmpty, "\(found.errors)")
    try await server.stop()
    let missed = try await check()
    #expect(missed.status == 6)
    #expect(
      missed.errors.hasPrefix("tessera: cannot reach http://127.0.0.1:\(server.port): "),
      "\(missed.errors)"
    )
  }

  /// Behind a proxy that ends TLS, behind one that passes it on, and at a Unix socket alone.
  static let ways = [
    ["TESSERA_HTTP_BEHIND_TLS_PROXY": "true"],
    ["TESSERA_HTTP_PROXY_PROTOCOL": "true", "TESSERA_HTTP_TRUSTED_PROXIES": "127.0.0.1"],
    ["TESSERA_HTTP_SOCKET": "/tmp/tessera-\(UUID().uuidString.prefix(8)).sock"],
  ]

  @Test(arguments: ServiceManagerTests.ways)
  func healthcheckFindsAServerHoweverItListens(settings: [String: String]) async throws {
    let server = try await RunningServer.start(in: TemporaryFolder(), environment: settings)
    let port = settings["TESSERA_HTTP_SOCKET"] == nil ? ["TESSERA_HTTP_PORT": "\(server.port)"] : [:]
    func check() async throws -> TesseraProcess.Outcome {
      let environment = settings.merging(port) { $1 }
      return try await TesseraProcess.run(["healthcheck"], in: server.folder, environment: environment)
    }
    let found = try await check()
    #expect(found.status == 0, "\(found.errors)")
    try await server.stop()
    #expect(try await check().status == 6)
  }

  @Test func healthcheckTellsAServerThatWaitsForItsStore() async throws {
    let folder = try TemporaryFolder(database: nil)
    try await folder.makeData()
    let process = try await TesseraProcess(
      ["serve"],
      in: folder,
      environment: [
        // Nobody listens at port 1.
        "TESSERA_STORE": "postgres://tessera@127.0.0.1:1/tessera", "TESSERA_HTTP_PORT": "0",
      ]
    )
    var port: Int?
    try await wait {
      port = RunningServer.port(in: try process.errors())
      return port != nil || process.hasEnded
    }
    let (said, found) = (try process.errors(), port)
    let waiting = try await TesseraProcess.run(
      ["healthcheck"],
      in: folder,
      environment: ["TESSERA_HTTP_PORT": "\(try #require(found, "\(said)"))"]
    )
    #expect(waiting.status == 1)
    #expect(waiting.errors.contains("answered 503"), "\(waiting.errors)")
    process.signal(SIGTERM)
    #expect(try await process.outcome().status == 0)
  }
}
