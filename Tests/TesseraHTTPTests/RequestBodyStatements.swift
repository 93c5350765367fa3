import TesseraTestSupport
import Testing

/// What RFC 9110 and RFC 9112 demand of a server about the body of a request, and where it ends.
@Suite struct RequestBodyStatements {
  private static let head =
    "POST /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
  private static let chunked = head + "Transfer-Encoding: chunked\r\n\r\n"

  private static func form(_ both: BothParsers) async throws -> String {
    var form = try await both.server.makeClient().tokenForm()
    form.removeAll { $0.0 == "scope" }
    return TestRequest.encoded(form + [("scope", "item")])
  }

  private static func chunk(_ text: some StringProtocol, _ more: String = "") -> String {
    "\(String(text.utf8.count, radix: 16))\(more)\r\n\(text)\r\n"
  }

  @Test("H20 RFC 9112 §6.1: chunks in HTTP/1.0 are faulty, and the connection is closed")
  func chunkedInHTTP10() async throws {
    try await BothParsers.run { both in
      let text = Self.chunked.replacing("HTTP/1.1", with: "HTTP/1.0") + "0\r\n\r\n"
      try await both.expectRefusal(text, 400)
      try await both.expectRefusal(text.replacing("Host: a", with: "Connection: keep-alive"), 400)
    }
  }

  @Test("H21 RFC 9112 §6.1: a transfer coding that is not known is 501")
  func unknownCoding() async throws {
    try await BothParsers.run { both in
      for coding in [
        "foo, chunked", "gzip, chunked", "gzip\r\nTransfer-Encoding: chunked", "identity, chunked",
      ] {
        try await both.expectRefusal(
          Self.head + "Transfer-Encoding: \(coding)\r\n\r\n0\r\n\r\n",
          501,
          "Transfer-Encoding is not supported"
        )
      }
    }
  }

  @Test(
    "H22 RFC 9112 §6.3: chunked comes last and once",
    arguments: [
      "chunked, chunked", "chunked, gzip", "gzip", "identity", "chunked;a=b", "", "xchunked", "chunkedx",
      "\"chunked\"",
      "chunked\r\nTransfer-Encoding: chunked", "chunked\r\nTransfer-Encoding: identity",
    ]
  )
  func badCoding(coding: String) async throws {
    try await BothParsers.run {
      try await $0.expectRefusal(Self.head + "Transfer-Encoding: \(coding)\r\n\r\n0\r\n\r\n", 400)
    }
  }

  @Test("H22 RFC 9112 §7: the name of chunked is case-insensitive")
  func caseOfCoding() async throws {
    try await BothParsers.run { both in
      let form = try await Self.form(both)
      for coding in ["Chunked", "CHUNKED", " chunked"] {
        let text = Self.head + "Transfer-Encoding: \(coding)\r\n\r\n" + Self.chunk(form) + "0\r\n\r\n"
        try await both.expect(text, 200)
      }
    }
  }

  @Test("H23 RFC 9112 §6.3: a message with both Transfer-Encoding and Content-Length is refused")
  func bothLengths() async throws {
    try await BothParsers.run { both in
      for fields in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
      ] {
        try await both.expectRefusal(Self.head + fields + "\r\n0\r\n\r\n", 400)
      }
    }
  }

  @Test(
    "H24 RFC 9112 §6.3: a Content-Length that is repeated or no number is refused",
    arguments: [
      "1\r\nContent-Length: 2", "1\r\nContent-Length: 1", "1, 1", "1, 2", "+1", "-1", "0x1", "1.0", "1 1", "",
      "a",
      "1\r\nContent-Length: 99999999999999999999",
    ]
  )
  func badLength(length: String) async throws {
    try await BothParsers.run {
      try await $0.expectRefusal(Self.head + "Content-Length: \(length)\r\n\r\na", 400)
    }
  }

  @Test("H25 RFC 9110 §15.5.14: a body of 16 KiB is read, a longer one is 413, however large its length is")
  func largeBody() async throws {
    try await BothParsers.run { both in
      let form = try await Self.form(both) + "&pad="
      let body = form + String(repeating: "a", count: 16_384 - form.utf8.count)
      let tooLarge = "Request body is too large"
      try await both.expect(Self.head + "Content-Length: 16384\r\n\r\n" + body, 200)
      try await both.expect(Self.chunked + Self.chunk(body) + "0\r\n\r\n", 200)
      try await both.expectRefusal(Self.chunked + Self.chunk(body + "a") + "0\r\n\r\n", 413, tooLarge)
      for length in [
        "16385", "9223372036854775807", "99999999999999999999", String(repeating: "9", count: 99),
      ] {
        try await both.expectRefusal(Self.head + "Content-Length: \(length)\r\n\r\na", 413, tooLarge)
      }
    }
  }

  @Test("H26 RFC 9112 §7.1: chunks are put together, and their extensions and the trailer mean nothing")
  func chunks() async throws {
    try await BothParsers.run { both in
      let form = try await Self.form(both)
      let middle = form.index(form.startIndex, offsetBy: 30)
      for text in [
        Self.chunk(form), Self.chunk(form[..<middle]) + Self.chunk(form[middle...]),
        Self.chunk(form, ";a=b;c=\"d\""), "00" + Self.chunk(form),
      ] {
        try await both.expect(Self.chunked + text + "0\r\n\r\n", 200)
        // In a header it would be a second method of authentication.
        try await both.expect(Self.chunked + text + "0\r\nAuthorization: Basic YTpi\r\n\r\n", 200)
      }
    }
  }

  @Test(
    "H27 RFC 9112 §7.1: a malformed chunk is refused",
    arguments: [
      "x\r\na\r\n0\r\n\r\n", "\r\n", "-1\r\n", "1\r\nab\r\n0\r\n\r\n", "1\na\n0\n\n",
      "ffffffffffffffffff\r\n",
      "1 1\r\na\r\n", "0x1\r\na\r\n", "1\r\na\n0\r\n\r\n", "1\r\na\r\n0\r\nX : a\r\n\r\n",
      "1\r\na\r\n0\r\nX: a\nY: b\r\n\r\n",
    ]
  )
  func badChunk(chunks: String) async throws {
    try await BothParsers.run { both in
      for (response, isClosed) in try await both.answers(Self.chunked + chunks) {
        #expect(response?.status == 400)
        #expect(response?.member("error") == "invalid_request")
        #expect(isClosed)
      }
    }
  }

  @Test("H28 RFC 9112 §7.1.1: 256 chunks with 8 KiB around them are read, more are refused")
  func manyChunks() async throws {
    try await BothParsers.run { both in
      let form = try await Self.form(both) + "&pad="
      let start = Self.chunked + Self.chunk(form)
      let tooMany = "Request body has too many chunks"
      try await both.expect(start + String(repeating: Self.chunk("a"), count: 255) + "0\r\n\r\n", 200)
      try await both.expectRefusal(
        start + String(repeating: Self.chunk("a"), count: 256) + "0\r\n\r\n",
        400,
        tooMany
      )
      // "1", ";", the extension and two line ends; then "0" and two line ends.
      let size = String(form.utf8.count, radix: 16).utf8.count
      func extended(_ framing: Int) -> String {
        let rest = framing - size - 4 - 1 - 1 - 4 - 5
        return start + Self.chunk("a", ";" + String(repeating: "b", count: rest)) + "0\r\n\r\n"
      }
      try await both.expect(extended(8192), 200)
      try await both.expectRefusal(extended(8193), 400, tooMany)
    }
  }

  @Test("H29 RFC 9112 §8: a request that ends before its body does is not acted on")
  func incompleteBody() async throws {
    try await TestServer.run { server in
      let request = try await server.makeClient().tokenRequest()
      for bytes in [request.bytes.dropLast(1), request.bytes.prefix(40)] {
        let connection = try await TestConnection(port: server.port)
        await connection.send(Array(bytes))
        await connection.closeOutput()
        let answer = String(decoding: try await connection.rest(), as: UTF8.self)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
      }
    }
  }

  @Test("H30 RFC 9110 §10.1.1: 100 is sent to whoever waits with a body, and to nobody else")
  func continues() async throws {
    try await BothParsers.run { both in
      let form = try await Self.form(both)
      let expecting = Self.head + "Expect: 100-Continue\r\n"
      try await both.expect(expecting + "Content-Length: \(form.utf8.count)\r\n\r\n", 100)
      try await both.expect(expecting + "Transfer-Encoding: chunked\r\n\r\n", 100)
      for (response, _) in try await both.answers(expecting + "\r\n") {
        #expect(response.map { $0.status >= 400 } == true, "the answer itself")
      }
      let old =
        expecting.replacing("HTTP/1.1", with: "HTTP/1.0") + "Content-Length: \(form.utf8.count)\r\n\r\n"
      try await both.expect(old + form, 200, closing: true)
      try await both.expectRefusal(
        expecting + "Content-Length: 16385\r\n\r\n",
        413,
        "Request body is too large"
      )
    }
  }

  @Test("H31 RFC 9110 §10.1.1: an expectation other than 100-continue is 417")
  func otherExpectation() async throws {
    try await BothParsers.run { both in
      for value in ["200-ok", "100-continue, x", "100-continue\r\nExpect: x", "100-continue=1"] {
        let text = Self.head + "Expect: \(value)\r\nContent-Length: 3\r\n\r\na=b"
        try await both.expectRefusal(text, 417, "Expectation is not supported")
      }
    }
  }
}
