import Foundation
import TesseraCore
import TesseraTestSupport

/// A `tessera dev` or `tessera serve` that listens.
struct RunningServer: Sendable {
  let process: TesseraProcess
  let port: Int
  let folder: TemporaryFolder

  /// A free port, and no deadline that strikes by chance on a machine that is busy.
  private static let environment = [
    "TESSERA_HTTP_PORT": "0", "TESSERA_HTTP_REQUEST_TIMEOUT": "600", "TESSERA_HTTP_IDLE_TIMEOUT": "3600",
  ]

  /// Starts a server at a free port and waits until it says that it listens.
  ///
  /// `tessera serve` gets a data directory when there is none.
  static func start(
    _ command: String = "serve",
    _ arguments: [String] = [],
    in folder: TemporaryFolder,
    environment: [String: String] = [:],
    openFiles: Int? = nil,
    listening: [CInt] = []
  ) async throws -> RunningServer {
    if command == "serve",
      !FileManager.default.fileExists(atPath: folder.url("tessera-data/master.key").path)
    {
      try await folder.makeData(environment)
    }
    let process = try await TesseraProcess(
      [command] + arguments,
      in: folder,
      environment: self.environment.merging(environment) { _, given in given },
      openFiles: openFiles,
      listening: listening
    )
    try await wait { try port(in: process.output()) != nil || process.hasEnded }
    guard let port = port(in: try process.output()) else {
      let outcome = try await process.outcome()
      throw DidNotStart(status: outcome.status, errors: outcome.errors)
    }
    return RunningServer(process: process, port: port, folder: folder)
  }

  struct DidNotStart: Error {
    let status: Int32
    let errors: String
  }

  /// The first address in the output tells the port.
  static func port(in output: String) -> Int? {
    output.firstMatch(of: /https?:\/\/(?:127\.0\.0\.1|\[::\]):([0-9]+)/).flatMap { Int($0.1) }
  }

  /// Sends a request and returns the answer.
  func send(_ request: TestRequest) async throws -> TestResponse {
    let connection = try await TestConnection(port: port)
    await connection.send(request.bytes)
    let response = try await connection.response()
    await connection.close()
    guard let response else { throw TestServer.NoResponse() }
    return response
  }

  /// Runs `tessera` on the same data.
  func tessera(_ arguments: String..., input: String = "") async throws -> TesseraProcess.Outcome {
    try await TesseraProcess.run(arguments, in: folder, input: input)
  }

  /// Registers a client by the command line.
  func makeClient(_ arguments: String...) async throws -> TestClient {
    let outcome = try await TesseraProcess.run(
      ["client", "create", "--format", "json", "--name", "client \(UUID())"]
        + (arguments.isEmpty ? ["--scope", "item", "--scope", "event"] : arguments),
      in: folder
    )
    guard outcome.status == 0, let id = outcome.member("client_id").flatMap(ClientID.init),
      let secret = outcome.member("client_secret")
    else { throw DidNotStart(status: outcome.status, errors: outcome.errors) }
    return TestClient(id: id, secret: secret)
  }

  /// Asks it to stop and waits until it has.
  @discardableResult
  func stop() async throws -> TesseraProcess.Outcome {
    process.signal(SIGTERM)
    return try await process.outcome()
  }
}
