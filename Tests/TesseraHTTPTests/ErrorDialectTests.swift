import TesseraTestSupport
import Testing

/// The errors of HTTP itself speak the dialect of the endpoint that the request was for.
@Suite struct ErrorDialectTests {
  /// A request to a path, and how it is refused.
  struct Row: CustomTestStringConvertible {
    let status: Int
    let reason: String
    let request: @Sendable (_ path: String) -> String

    init(_ status: Int, _ reason: String, _ request: @escaping @Sendable (_ path: String) -> String) {
      self.status = status
      self.reason = reason
      self.request = request
    }

    var testDescription: String { "\(status) \(reason)" }
  }

  private static let fields = "Host: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"

  private static let rows = [
    Row(400, "Malformed HTTP request") { "POST \($0) HTTP/1.1\r\n\r\n" },
    Row(400, "Malformed HTTP request") { "POST \($0) HTTP/x.y\r\n\(fields)\r\n" },
    Row(400, "Request body has too many chunks") {
      "POST \($0) HTTP/1.1\r\n\(fields)Transfer-Encoding: chunked\r\n\r\n"
        + String(repeating: "1\r\na\r\n", count: 257)
    },
    Row(413, "Request body is too large") { "POST \($0) HTTP/1.1\r\n\(fields)Content-Length: 16385\r\n\r\n" },
    Row(414, "Request target is too long") {
      "POST \($0)?\(String(repeating: "a", count: 8193)) HTTP/1.1\r\n\(fields)\r\n"
    },
    Row(417, "Expectation is not supported") { "POST \($0) HTTP/1.1\r\n\(fields)Expect: b\r\n\r\n" },
    Row(421, "The request is for https but came over plain HTTP") {
      "POST https://a\($0) HTTP/1.1\r\n\(fields)\r\n"
    },
    Row(431, "Request header fields are too large") {
      "POST \($0) HTTP/1.1\r\n\(fields)X: \(String(repeating: "a", count: 8193))\r\n\r\n"
    },
    Row(501, "Method is not supported") { "BREW \($0) HTTP/1.1\r\n\(fields)\r\n" },
    Row(501, "Transfer-Encoding is not supported") {
      "POST \($0) HTTP/1.1\r\n\(fields)Transfer-Encoding: gzip, chunked\r\n\r\n"
    },
    Row(505, "HTTP version is not supported") { "POST \($0) HTTP/3.0\r\n\(fields)\r\n" },
  ]

  @Test(arguments: rows)
  func areThoseOfTheEndpoint(row: Row) async throws {
    try await TestServer.run { server in
      for path in ["/oauth/token", "/oauth2/token", "/oauth2/revoke", "/elsewhere"] {
        let connection = try await TestConnection(port: server.port)
        await connection.send(row.request(path))
        let answer = try #require(try await connection.response())
        let isRFC6749 = path.hasPrefix("/oauth2/")
        let (status, reason) = (row.status, row.reason)
        #expect(answer.status == status, "\(path)")
        #expect(
          answer.text
            == (isRFC6749
              ? #"{"error":"invalid_request","error_description":"\#(reason)"}"#
              : #"{"statusCode":\#(status),"status":\#(status),"code":\#(status),"#
                + #""message":"Invalid request: \#(reason)","name":"invalid_request"}"#),
          "\(path)"
        )
        #expect(try await connection.response() == nil, "closed")
      }
    }
  }
}
