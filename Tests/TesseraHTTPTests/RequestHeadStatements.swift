import TesseraTestSupport
import Testing

/// What RFC 9110 and RFC 9112 demand of a server about the head of a request.
@Suite struct RequestHeadStatements {
  private static let target = "/oauth2/token"
  private static let known = "/.well-known/jwks.json"

  @Test("H1 RFC 9112 §2.2: an empty line before the request line is ignored")
  func emptyLine() async throws {
    try await BothParsers.run {
      try await $0.expect("\r\nGET \(Self.known) HTTP/1.1\r\nHost: a\r\n\r\n", 200)
    }
  }

  @Test(
    "H2 RFC 9112 §2.2: white space between the request line and the first field is refused",
    arguments: [" Host: a\r\n", "\tHost: a\r\n", " \r\nHost: a\r\n"]
  )
  func spaceBeforeFields(fields: String) async throws {
    try await BothParsers.run {
      try await $0.expectRefusal("POST \(Self.target) HTTP/1.1\r\n\(fields)\r\n", 400)
    }
  }

  @Test(
    "H3 RFC 9112 §2.2: no line ends with CR or LF alone",
    arguments: [
      "POST /oauth2/token HTTP/1.1\r\nHost: a\n\r\n",
      "POST /oauth2/token HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n",
      "POST /oauth2/token HTTP/1.1\r\nHost: a\r\nX: b\nY: c\r\n\r\n",
      "POST /oauth2/token HTTP/1.1\r\nHost: a\r\n\n",
      "POST /oauth2/token HTTP/1.1\r\nHost: a\r\nX: b\r\r\n\r\n",
    ]
  )
  func bareLineEnds(request: String) async throws {
    try await BothParsers.run { try await $0.expectRefusal(request, 400) }
  }

  @Test("H3 RFC 9112 §2.2: the request line does not end with CR or LF alone")
  func bareLineEndOfTheFirstLine() async throws {
    try await BothParsers.run { both in
      for request in ["GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\rHost: a\r\n\r\n"] {
        try await both.expectRefusal(request, 400)
      }
    }
  }

  @Test("H4 RFC 9110 §5.5: a field value with NUL is refused")
  func nul() async throws {
    try await BothParsers.run {
      try await $0.expectRefusal("POST \(Self.target) HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400)
    }
  }

  @Test(
    "H5 RFC 9112 §3: a request line is three words with one space between them",
    arguments: [
      "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET /a b HTTP/1.1", " GET / HTTP/1.1", "GET\t/ HTTP/1.1", "GET",
      "G(T / HTTP/1.1", "GET / HTTP/1", "GET / http/1.1", "GET / HTTPS/1.1", "GET /é HTTP/1.1",
      "GET / HTTP/1.1x",
      "\u{16}\u{3}\u{1} garbage",
    ]
  )
  func requestLine(line: String) async throws {
    try await BothParsers.run { try await $0.expectRefusal("\(line)\r\nHost: a\r\n\r\n", 400) }
  }

  @Test(
    "H6 RFC 9110 §9.1: a method that is not known, and methods are case-sensitive, is 501",
    arguments: ["post", "PROPFIND", "BREW", "M-SEARCH", "PRI", "X"]
  )
  func unknownMethod(method: String) async throws {
    try await BothParsers.run {
      try await $0.expectRefusal(
        "\(method) /oauth/token HTTP/1.1\r\nHost: a\r\n\r\n",
        501,
        "Method is not supported"
      )
    }
  }

  @Test("H7 RFC 9110 §15.5.6: a known method that the resource does not take is 405 with Allow")
  func methodNotAllowed() async throws {
    try await BothParsers.run { both in
      for method in ["GET", "PUT", "PATCH", "DELETE"] {
        for (response, isClosed) in try await both.answers(
          "\(method) \(Self.target) HTTP/1.1\r\nHost: a\r\n\r\n"
        ) {
          #expect(response?.status == 405)
          #expect(response?.header("allow")?.contains("POST") == true)
          #expect(!isClosed)
        }
      }
    }
  }

  @Test("H8 RFC 9110 §9.3.6: CONNECT is not implemented, and opens no tunnel")
  func connect() async throws {
    try await BothParsers.run {
      try await $0.expectRefusal(
        "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
        501,
        "Method is not supported"
      )
    }
  }

  @Test("H9 RFC 9110 §9.3.8: TRACE reflects nothing")
  func trace() async throws {
    try await BothParsers.run { both in
      for (response, _) in try await both.answers(
        "TRACE \(Self.target) HTTP/1.1\r\nHost: a\r\nX: secret\r\n\r\n"
      ) {
        #expect(response?.status == 405)
        #expect(response?.text.contains("secret") == false)
      }
    }
  }

  @Test("H10 RFC 9110 §9.3.2: HEAD has the fields of GET and no content")
  func head() async throws {
    try await BothParsers.run { both in
      let rest = " \(Self.known) HTTP/1.1\r\nHost: a\r\n\r\n"
      let get = try await both.answers("GET" + rest)[0].response
      for (response, isClosed) in try await both.answers("HEAD" + rest, toHEAD: true) {
        #expect(response?.withoutDate.headers == get?.withoutDate.headers)
        #expect(!isClosed)
      }
    }
  }

  @Test(
    "H11 RFC 9112 §3.2.2: the absolute form is taken, and its host instead of that of the field",
    arguments: ["http://a/", "http://other.example/", "HTTP://a:80/", "http://[::1]:80/", "http://1.2.3.4/"]
  )
  func absoluteForm(prefix: String) async throws {
    try await BothParsers.run {
      try await $0.expect("GET \(prefix)\(Self.known.dropFirst()) HTTP/1.1\r\nHost: b\r\n\r\n", 200)
    }
  }

  @Test("H12 RFC 9110 §7.4: a target of https is refused on a connection without TLS")
  func misdirected() async throws {
    try await BothParsers.run {
      try await $0.expectRefusal(
        "POST https://a/oauth/token HTTP/1.1\r\nHost: a\r\n\r\n",
        421,
        "The request is for https but came over plain HTTP"
      )
    }
  }

  @Test(
    "H13 RFC 9110 §4.2: a target without a host, with user information, a fragment or another scheme is refused",
    arguments: [
      "http://", "http:///oauth/token", "http://:80/oauth/token", "http://user@a/oauth/token",
      "http://user:word@a/oauth/token", "ftp://a/oauth/token", "http:/oauth/token", "/oauth/token#a",
      "http://a/#b", "http://a b/", "http://[::1/oauth/token", "http://a:b/oauth/token",
    ]
  )
  func badTarget(target: String) async throws {
    try await BothParsers.run { try await $0.expectRefusal("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n", 400) }
  }

  @Test("H14 RFC 9112 §3.2: the asterisk is for OPTIONS, and an authority for CONNECT")
  func formOfOtherMethods() async throws {
    try await BothParsers.run { both in
      for target in ["*", "example.com:443", "oauth/token", "?a"] {
        try await both.expectRefusal("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n", 400)
      }
      try await both.expect("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 404)
    }
  }

  @Test(
    "H15 RFC 9112 §3.2: a request with no Host, with two or with one that is no host is refused",
    arguments: [
      "", "Host: a\r\nHost: a\r\n", "Host: a\r\nHost: b\r\n", "Host: a b\r\n", "Host: a,b\r\nHost: c\r\n",
      "Host: a/b\r\n",
      "Host: u@a\r\n", "Host: a:b\r\n", "Host: a:80:80\r\n", "Host: [::1\r\n", "Host: ::1\r\n",
      "Host: []\r\n",
      "Host: [::1]a\r\n", "Host: http://a\r\n", "Host: a%zz\r\n", "Host: é\r\n", "Host: \"a\"\r\n",
      "Host: a?b\r\n",
    ]
  )
  func badHost(fields: String) async throws {
    try await BothParsers.run {
      try await $0.expectRefusal("POST \(Self.target) HTTP/1.1\r\n\(fields)\r\n", 400)
    }
  }

  @Test(
    "H15 RFC 9112 §3.2: a host is accepted in each of its forms, and HTTP/1.0 needs none",
    arguments: [
      "a", "a:80", "a:", "", "  a  ", "[::1]:8080", "127.0.0.1", "a_b.example", "xn--bcher-kva.example",
      "a%41",
    ]
  )
  func goodHost(host: String) async throws {
    try await BothParsers.run { both in
      try await both.expect("GET \(Self.known) HTTP/1.1\r\nHost: \(host)\r\n\r\n", 200)
      try await both.expect("GET \(Self.known) HTTP/1.0\r\n\r\n", 200, closing: true)
      try await both.expectRefusal("GET \(Self.known) HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400)
    }
  }

  @Test("H16 RFC 9112 §3: a target of 8 KiB is read, a longer one is 414")
  func longTarget() async throws {
    try await BothParsers.run { both in
      let start = "/oauth2/token?"
      let query = String(repeating: "a", count: 8192 - start.utf8.count)
      try await both.expect("POST \(start)\(query) HTTP/1.1\r\nHost: a\r\n\r\n", 400)
      for target in [start + query + "a", start + String(repeating: query, count: 9)] {
        for (response, isClosed) in try await both.answers("POST \(target) HTTP/1.1\r\nHost: a\r\n\r\n") {
          #expect(response?.status == 414)
          #expect(isClosed)
        }
      }
    }
  }

  @Test(
    "H17 RFC 9110 §15.6.6: versions other than HTTP/1.1 and HTTP/1.0 are 505",
    arguments: ["HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/3.0", "HTTP/9.9", nil]
  )
  func version(version: String?) async throws {
    try await BothParsers.run {
      let line = ["POST", Self.target, version].compactMap { $0 }.joined(separator: " ")
      try await $0.expectRefusal("\(line)\r\nHost: a\r\n\r\n", 505, "HTTP version is not supported")
    }
  }

  @Test("H17 RFC 9110 §15.6.6: the preface of HTTP/2 is 505")
  func http2() async throws {
    try await BothParsers.run {
      try await $0.expectRefusal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP version is not supported")
    }
  }

  @Test(
    "H18 RFC 9112 §5: no white space stands before the colon, no field is folded, and its name is a token",
    arguments: [
      "X : a", "X\t: a", "X: a\r\n b", "X: a\r\n\tb", "X: a\r\n ", ": a", "X(: a", "X", "X\u{0}: a", "é: a",
    ]
  )
  func badField(field: String) async throws {
    try await BothParsers.run {
      try await $0.expectRefusal("POST \(Self.target) HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n", 400)
    }
  }

  @Test("H19 RFC 6585 §5: 100 fields are read, values of 8 KiB and 16 KiB of them; more is 431")
  func largeHeaders() async throws {
    try await BothParsers.run { both in
      let start = "GET \(Self.known) HTTP/1.1\r\nHost: a\r\n"
      let tooLarge = "Request header fields are too large"
      func fields(_ count: Int) -> String { start + String(repeating: "X: y\r\n", count: count - 1) + "\r\n" }
      func value(_ size: Int) -> String { start + "X: \(String(repeating: "a", count: size))\r\n\r\n" }
      // The target counts as well.
      func total(_ size: Int) -> String {
        let rest = size - Self.known.utf8.count - "Hosta".utf8.count - 2
        let half = String(repeating: "a", count: rest / 2)
        return start + "X: \(half)\r\nY: \(half)\(rest % 2 == 1 ? "a" : "")\r\n\r\n"
      }
      for good in [fields(100), value(8192), total(16_384)] { try await both.expect(good, 200) }
      for bad in [fields(101), value(8193), total(16_385)] {
        try await both.expectRefusal(bad, 431, tooLarge)
      }
    }
  }
}
