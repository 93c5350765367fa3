import TesseraTestSupport

/// The management listener of a server that runs.
struct Management: Sendable {
  let port: Int

  /// Waits until its process says where it listens.
  static func of(_ process: TesseraProcess) async throws -> Management {
    func port() throws -> Int? {
      // In whatever format the log is.
      try process.errors().split(separator: "\n").first { $0.contains("management listener is open") }?
        .firstMatch(of: /\bport\W+([0-9]+)/).flatMap { Int($0.1) }
    }
    try await wait { try port() != nil || process.hasEnded }
    guard let port = try port() else {
      let outcome = try await process.outcome()
      throw RunningServer.DidNotStart(status: outcome.status, errors: outcome.errors)
    }
    return Management(port: port)
  }

  /// Sends a request and returns the answer.
  func send(_ request: TestRequest) async throws -> TestResponse {
    let connection = try await TestConnection(port: port)
    await connection.send(request.bytes)
    let response = try await connection.response(toHEAD: request.method == "HEAD")
    await connection.close()
    guard let response else { throw TestServer.NoResponse() }
    return response
  }

  /// The value of a metric with these labels, as they are written; nil when there is none.
  func metric(_ name: String) async throws -> Double? {
    let text = try await send(TestRequest.keySet.at("/metrics")).text
    return text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
      .flatMap { Double($0.dropFirst(name.count + 1)) }
  }
}

extension RunningServer {
  /// Its management listener.
  func management() async throws -> Management { try await Management.of(process) }
}
