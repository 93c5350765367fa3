import Hummingbird
import Logging
import TesseraGuardHummingbird
import TesseraTestSupport

/// A Hummingbird application that listens at a free port of this machine.
///
/// Not by HummingbirdTesting, whose client gives up after some seconds: a busy machine can take them.
struct LiveApplication: Sendable {
  /// Where it listens.
  let port: Int

  /// It ended before it listened.
  struct DidNotStart: Error {}

  /// Runs an application, the test, and stops the application.
  static func run(
    _ router: Router<BasicAccessTokenRequestContext>,
    logger: Logger,
    _ body: (LiveApplication) async throws -> Void
  ) async throws {
    let (ports, port) = AsyncStream<Int>.makeStream()
    let application = Application(
      router: router,
      configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
      logger: logger
    )
    let running = Task {
      defer { port.finish() }
      try await application.run()
    }
    do {
      guard let port = await ports.first(where: { _ in true }) else { throw DidNotStart() }
      try await body(LiveApplication(port: port))
      await stop(running)
    } catch {
      await stop(running)
      throw error
    }
  }

  /// Being cancelled is its usual end.
  private static func stop(_ running: Task<Void, any Error>) async {
    running.cancel()
    _ = await running.result
  }

  /// Gets what is at a path.
  func get(_ target: String, headers: [(String, String)] = []) async throws -> TestResponse {
    var request = TestRequest()
    request.method = "GET"
    request.target = target
    request.headers = headers
    let connection = try await TestConnection(port: port)
    await connection.send(request.bytes)
    let response = try await connection.response()
    await connection.close()
    guard let response else { throw TestServer.NoResponse() }
    return response
  }
}
