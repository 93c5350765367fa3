import TesseraTestSupport
import Testing

/// Sends a request on a connection of its own, where the recogniser of ordinary requests sees it first, and on one that
/// NIO's decoder has had a part in before, and returns both answers.
struct BothParsers {
  let server: TestServer

  /// A tab makes it one for the decoder, which keeps the connection then.
  private static let opening = "GET /.well-known/jwks.json HTTP/1.1\r\nHost: a\r\nX: a\tb\r\n\r\n"

  /// The first answer to these bytes by either, and whether the connection was closed after it.
  func answers(_ text: String, toHEAD: Bool = false) async throws -> [(
    response: TestResponse?, isClosed: Bool
  )] {
    var answers: [(TestResponse?, Bool)] = []
    for opening in [nil, BothParsers.opening] {
      let connection = try await TestConnection(port: server.port)
      if let opening {
        await connection.send(opening)
        #expect(try await connection.response()?.status == 200)
      }
      await connection.send(text)
      let response = try await connection.response(toHEAD: toHEAD)
      let isClosed = response?.header("connection") == "close"
      if isClosed { #expect(try await connection.response() == nil, "nothing after the last answer") }
      await connection.close()
      answers.append((response, isClosed))
    }
    // But for the token, which is another each time.
    if answers[0].0?.accessToken == nil {
      #expect(answers[0].0?.withoutDate == answers[1].0?.withoutDate, "\(text.debugDescription)")
    }
    return answers
  }

  /// Both refuse it, in the dialect of the endpoint, and close the connection.
  func expectRefusal(
    _ text: String,
    _ status: Int,
    _ description: String = "Malformed HTTP request",
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let comment = Comment(rawValue: String(text.prefix(200)).debugDescription)
    for (response, isClosed) in try await answers(text) {
      #expect(response?.status == status, comment, sourceLocation: sourceLocation)
      #expect(isClosed, comment, sourceLocation: sourceLocation)
      if text.hasPrefix("POST /oauth2/token") {
        #expect(response?.member("error") == "invalid_request", comment, sourceLocation: sourceLocation)
        #expect(response?.member("error_description") == description, comment, sourceLocation: sourceLocation)
      } else if response?.member("error") != nil {
        #expect(response?.member("error_description") == description, comment, sourceLocation: sourceLocation)
      } else {
        let message = "Invalid request: \(description)"
        #expect(response?.member("message") == message, comment, sourceLocation: sourceLocation)
      }
    }
  }

  /// Both take it, with this status.
  func expect(
    _ text: String,
    _ status: Int,
    closing: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let comment = Comment(rawValue: String(text.prefix(200)).debugDescription)
    for (response, isClosed) in try await answers(text, toHEAD: text.hasPrefix("HEAD ")) {
      #expect(response?.status == status, comment, sourceLocation: sourceLocation)
      #expect(isClosed == closing, comment, sourceLocation: sourceLocation)
    }
  }

  static func run(_ body: (BothParsers) async throws -> Void) async throws {
    try await TestServer.run { try await body(BothParsers(server: $0)) }
  }
}
