import NIOSSL
import TesseraTestSupport

/// A client that speaks HTTP/2 over TLS with a listener, frame by frame.
actor HTTP2Client {
  private let connection: TestConnection
  private(set) var receiver = HTTP2Receiver()

  /// Connects, and begins.
  init(_ server: SecureServer) async throws {
    connection = try await server.connect { $0.applicationProtocols = ["h2"] }
    await connection.send(HTTP2Bytes.preface + HTTP2Bytes.frame(.settings, flags: HTTP2Bytes.acknowledgement))
  }

  func send(_ bytes: [UInt8]) async {
    await connection.send(bytes)
  }

  /// What comes of a stream; nil when the server closes the connection first.
  func outcome(of stream: Int) async throws -> HTTP2Receiver.Outcome? {
    try await receive { $0.outcomes[stream] != nil }
    return receiver.outcomes[stream]
  }

  /// Asks, and waits for what comes of it.
  func ask(_ method: String, _ path: String, on stream: Int) async throws -> HTTP2Receiver.Outcome? {
    await send(HTTP2Bytes.request(method, path, on: stream))
    return try await outcome(of: stream)
  }

  /// Takes what the server sends until something holds; false when it closes the connection first.
  @discardableResult
  func receive(until holds: (HTTP2Receiver) -> Bool) async throws -> Bool {
    while !holds(receiver) {
      guard let bytes = try await connection.bytes() else { return false }
      try receiver.take(bytes)
    }
    return true
  }

  func close() async {
    await connection.close()
  }
}
