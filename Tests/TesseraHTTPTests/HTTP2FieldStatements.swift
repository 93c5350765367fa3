import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// What RFC 9113 demands of the header fields of a request.
@Suite struct HTTP2FieldStatements {
  /// A peer of a server that answers at once.
  private static func connect(_ limits: HTTPLimits = HTTPLimits()) throws -> HTTP2Peer {
    let endpoint = HangingEndpoint()
    endpoint.release()
    return try HTTP2Peer([endpoint], limits)
  }

  /// The stream ends by an error, the connection lives, and the next stream is answered.
  private static func expectStreamError(_ fields: [(String, String)], body: [UInt8]? = nil) throws {
    let peer = try connect()
    try peer.send(HTTP2Bytes.headers(fields, on: 1, isLast: body == nil))
    if let body { try peer.send(HTTP2Bytes.data(body, on: 1)) }
    #expect(peer.outcomes[1] == .reset(HTTP2Receiver.protocolError), "\(fields)")
    #expect(peer.lastWord == nil)
    #expect(try peer.ask("GET", "/hang", on: 3)?.status == 200, "\(fields)")
  }

  private static let pseudo = HTTP2Bytes.pseudoFields("POST", "/hang")

  @Test(
    "N6 fields that are about a connection are an error of the stream",
    arguments: [
      ("connection", "keep-alive"), ("connection", "close"), ("transfer-encoding", "chunked"),
      ("proxy-connection", "keep-alive"), ("keep-alive", "timeout=5"), ("upgrade", "h2c"), ("te", "gzip"),
      ("te", "trailers, gzip"),
    ]
  )
  func connectionFields(field: (String, String)) throws {
    try Self.expectStreamError(Self.pseudo + [field])
  }

  @Test("N6 `te: trailers` is no such field")
  func trailers() throws {
    #expect(try Self.connect().ask("GET", "/hang", [("te", "trailers")])?.status == 200)
  }

  @Test(
    "N6 a name is a token in lower case",
    arguments: ["X", "Content-Type", "a b", "a:", "a\r\nb", "é", "a\0", "(a)"]
  )
  func names(name: String) throws {
    try Self.expectStreamError(Self.pseudo + [(name, "1")])
  }

  @Test(
    "N6 a value has neither controls nor white space around it",
    arguments: [
      "a\r\nb: c", "a\rb", "a\nb", "a\0b", "\0", " a", "a ", "\ta", "a\t", " ", "a\u{1}b", "a\u{7F}",
      "a\r\n\r\nGET /hang HTTP/1.1\r\n",
    ]
  )
  func values(value: String) throws {
    try Self.expectStreamError(Self.pseudo + [("x", value)])
  }

  @Test("N6 other values are taken", arguments: ["", "a b", "a\tb", "é", "~!@#$%^&*(){}[]"])
  func goodValues(value: String) throws {
    #expect(try Self.connect().ask("GET", "/hang", [("x", value)])?.status == 200)
  }

  @Test(
    "N6 a length is one number, and that of the body",
    arguments: [
      ["2", "2"], ["2", "3"], ["2, 2"], ["+2"], ["-2"], ["0x2"], ["2 "], [""], ["3"], ["1"],
      ["99999999999999999999"],
    ]
  )
  func contentLength(values: [String]) throws {
    try Self.expectStreamError(Self.pseudo + values.map { ("content-length", $0) }, body: Array("ab".utf8))
  }

  @Test("N6 a length that is right is taken, and so is none")
  func goodContentLength() throws {
    let body = Array("ab".utf8)
    #expect(try Self.connect().ask("POST", "/hang", [("content-length", "2")], body: body)?.status == 200)
    #expect(try Self.connect().ask("POST", "/hang", body: body)?.status == 200)
  }

  @Test("N6 trailers are held to the same rules, and are no part of the request otherwise")
  func trailerFields() throws {
    let head = HTTP2Bytes.headers(Self.pseudo, on: 1, isLast: false)
    for field in [(":path", "/a"), ("X", "1"), ("connection", "close"), ("x", "a\r\nb")] {
      let peer = try Self.connect()
      try peer.send(head + HTTP2Bytes.headers([field], on: 1))
      #expect(peer.outcomes[1] == .reset(HTTP2Receiver.protocolError), "\(field)")
      #expect(try peer.ask("GET", "/hang", on: 3)?.status == 200)
    }
    let peer = try Self.connect()
    try peer.send(head + HTTP2Bytes.data([1], on: 1, isLast: false))
    #expect(peer.outcomes[1] == nil)
    try peer.send(HTTP2Bytes.headers([("x", "1")], on: 1))
    #expect(peer.outcomes[1]?.status == 200)
  }

  // MARK: Pseudo-header fields

  @Test(
    "N7 each of the pseudo-header fields is there, once, and no other",
    arguments: [
      [], [":method"], [":scheme"], [":path"], [":authority"], [":method", ":path", ":scheme", ":authority"],
    ]
  )
  func missing(names: [String]) throws {
    let fields = Self.pseudo.filter { !names.contains($0.0) }
    if names.isEmpty {
      for field in fields { try Self.expectStreamError(fields + [field]) }
      for name in [":status", ":protocol", ":x", ":", "::path"] {
        try Self.expectStreamError(fields + [(name, "/hang")])
      }
    } else {
      try Self.expectStreamError(fields)
    }
  }

  @Test("N7 pseudo-header fields come first")
  func misplaced() throws {
    for index in Self.pseudo.indices {
      var fields = Self.pseudo
      fields.append(fields.remove(at: index))
      fields.insert(("x", "1"), at: 3)
      try Self.expectStreamError(fields)
    }
  }

  @Test("N7 their order among themselves means nothing")
  func order() throws {
    let peer = try Self.connect()
    try peer.send(HTTP2Bytes.headers(Self.pseudo.reversed(), on: 1))
    #expect(peer.outcomes[1]?.status == 200)
  }

  @Test(
    "N7 a pseudo-header field is what it has to be",
    arguments: [
      (":path", ""), (":path", "hang"), (":path", "https://a/hang"), (":path", "*"), (":path", "/hang#a"),
      (":path", "/hang HTTP/1.1\r\nX: a"), (":path", "/a b"), (":path", "/é"), (":path", "/\0"),
      (":method", ""), (":method", "GE T"), (":method", "GET /a HTTP/1.1\r\nHost: b\r\n"), (":method", "G(T"),
      (":scheme", ""), (":scheme", "ftp"), (":scheme", "https://a/?"), (":authority", ""),
      (":authority", "u@a"),
      (":authority", "a b"), (":authority", "a/b"), (":authority", ":1"), (":authority", "a\r\nx: y"),
    ]
  )
  func malformed(field: (String, String)) throws {
    try Self.expectStreamError(Self.pseudo.map { $0.0 == field.0 ? field : $0 })
  }

  @Test("N7 `host` may stand for `:authority`, or say the same, once")
  func host() throws {
    let withoutAuthority = HTTP2Bytes.pseudoFields("GET", "/hang").filter { $0.0 != ":authority" }
    let whole = HTTP2Bytes.pseudoFields("GET", "/hang")
    for fields in [withoutAuthority + [("host", "a")], whole + [("host", "a")], whole + [("host", "A")]] {
      let peer = try Self.connect()
      try peer.send(HTTP2Bytes.headers(fields, on: 1))
      #expect(peer.outcomes[1]?.status == 200, "\(fields)")
    }
    for fields in [
      withoutAuthority, withoutAuthority + [("host", "")], withoutAuthority + [("host", "a"), ("host", "a")],
      whole + [("host", "b")], whole + [("host", "a:1")], whole + [("host", "a"), ("host", "a")],
    ] {
      try Self.expectStreamError(fields)
    }
  }

  @Test(
    "N7 either scheme is taken: TLS may end at a proxy that says `http`",
    arguments: ["http", "https", "HTTPS"]
  )
  func schemes(scheme: String) throws {
    let peer = try Self.connect()
    try peer.send(HTTP2Bytes.headers(Self.pseudo.map { $0.0 == ":scheme" ? ($0.0, scheme) : $0 }, on: 1))
    #expect(peer.outcomes[1]?.status == 200)
  }

  @Test("N8 a hundred malformed requests end the connection")
  func manyMalformed() throws {
    for fields in [Self.pseudo + [("X", "1")], Self.pseudo + [("x", " ")]] {
      let peer = try Self.connect()
      for index in 0..<100 { try peer.send(HTTP2Bytes.headers(fields, on: 2 * index + 1)) }
      #expect(peer.lastWord == nil)
      try peer.send(HTTP2Bytes.headers(fields, on: 201))
      #expect(peer.lastWord?.code == HTTP2Receiver.enhanceYourCalm)
      #expect(!peer.isOpen)
    }
  }
}
