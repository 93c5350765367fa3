import NIOCore
import NIOEmbedded
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// The same requests over HTTP/1.1 and HTTP/2.
@Suite struct HTTP2SameAnswerTests {
  private struct Request {
    var method = "POST"
    var path = "/oauth2/token"
    var fields: [(String, String)] = []
    var body: String?

    /// As HTTP/1.1 has it.
    var text: String {
      let length = body.map { [("content-length", String($0.utf8.count))] } ?? []
      let lines = ([("host", "a")] + length + fields).map { "\($0.0): \($0.1)\r\n" }
      return "\(method) \(path) HTTP/1.1\r\n" + lines.joined() + "\r\n" + (body ?? "")
    }
  }

  private static let form = ("content-type", "application/x-www-form-urlencoded")

  private static func requests(_ credentials: String) -> [Request] {
    let grant = "grant_type=client_credentials&scope=item&\(credentials)"
    let long = String(repeating: "a", count: 8193)
    return [
      Request(fields: [form], body: grant), Request(path: "/oauth/token", fields: [form], body: grant),
      Request(fields: [form], body: grant + "x"),
      Request(path: "/oauth/token", fields: [form], body: grant + "x"),
      Request(fields: [form], body: "grant_type=client_credentials&scope=nothing&\(credentials)"),
      Request(fields: [form], body: "scope=item"),
      Request(fields: [("content-type", "text/plain")], body: "a"),
      Request(fields: [form, ("authorization", "Basic !")], body: grant),
      Request(fields: [form, ("authorization", "Basic YTpi"), ("authorization", "Basic YTpi")], body: grant),
      Request(fields: [form], body: nil), Request(fields: [form], body: ""),
      Request(method: "GET"), Request(method: "PUT", body: "a"), Request(method: "OPTIONS"),
      Request(method: "TRACE"),
      Request(method: "BREW"), Request(method: "get"), Request(method: "OPTIONS", path: "*"),
      Request(method: "HEAD"), Request(path: "/elsewhere", body: "a"),
      Request(method: "HEAD", path: "/elsewhere"),
      Request(path: "/oauth2/token?client_id=a", fields: [form], body: grant),
      Request(method: "GET", path: "/.well-known/jwks.json"),
      Request(method: "HEAD", path: "/.well-known/jwks.json"),
      Request(method: "GET", path: "/.well-known/jwks.json", fields: [("if-none-match", "*")]),
      Request(method: "GET", path: "/.well-known/oauth-authorization-server"),
      Request(method: "GET", path: "/", fields: [("accept", "text/html")]),
      Request(path: "/oauth2/introspect", fields: [form], body: "token=a&\(credentials)"),
      Request(path: "/oauth2/revoke", fields: [form], body: "token=a&\(credentials)"),
      Request(path: "/oauth2/introspect", body: "token=a"),
      Request(path: "/" + long), Request(path: "/oauth2/token?" + long, fields: [form], body: grant),
      Request(fields: [form, ("x", long)], body: grant),
      Request(fields: [form] + (0..<101).map { ("x\($0)", "a") }, body: grant),
      Request(fields: [form], body: String(repeating: "a", count: 16_385)),
      Request(path: "/oauth/token", fields: [form], body: String(repeating: "a", count: 16_385)),
      Request(fields: [form, ("expect", "something")], body: grant),
      Request(fields: [form, ("range", "bytes=0-1"), ("cookie", "a=b"), ("cookie", "c=d")], body: grant),
      Request(fields: [form, ("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https")], body: grant),
    ]
  }

  @Test("N10 a request gets the same answer over both, field by field, and the same line in the log")
  func sameAnswer() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let credentials = "client_id=\(client.id)&client_secret=\(client.secret)"
      // From here on memory has what they ask for.
      #expect(try await server.send(client.tokenRequest()).status == 200)
      let endpoints = server.authorizationServer.routes
      for request in Self.requests(credentials) {
        let old = try Self.overHTTP1(request, endpoints)
        let new = try Self.overHTTP2(request, endpoints)
        let name =
          "\(request.method) \(request.path.prefix(60)) \(request.fields.map(\.0).prefix(5)) \(request.body?.prefix(60) ?? "")"
        let status = try #require(old.response?.status, "\(name)")
        #expect(new.response?.status == status, "\(name)")
        #expect(
          new.response?.headers.filter { !Self.varies($0) }
            == old.response?.headers.filter { !Self.varies($0) },
          "\(name)"
        )
        if old.response?.accessToken == nil {
          #expect(new.response?.body == old.response?.body, "\(name)")
        } else {
          #expect(new.response?.accessToken != nil)
          #expect(new.response?.json.keys.sorted() == old.response?.json.keys.sorted())
        }
        #expect(old.log.count == 1, "\(name)")
        #expect(new.log == old.log, "\(name)")
      }
    }
  }

  /// What is about the connection, or another each time.
  private static func varies(_ header: TestResponse.Header) -> Bool {
    ["connection", "x-request-id"].contains(header.name)
  }

  private static func context(_ endpoints: [String: any Endpoint], _ log: TestLog) -> ConnectionContext {
    ConnectionContext(
      table: EndpointTable(endpoints),
      limits: HTTPLimits(),
      exchanges: ExchangeHandler(
        proxies: .none,
        warning: PacedWarning(log.logger)
      ),
      clock: TestClocks().wall
    )
  }

  private static func overHTTP1(_ request: Request, _ endpoints: [String: any Endpoint]) throws -> (
    response: TestResponse?, log: [String]
  ) {
    let log = TestLog()
    let channel = EmbeddedChannel()
    try ConnectionHandler.serve(
      channel,
      context(endpoints, log),
      neighbours: LoopConnections(of: channel.eventLoop, log: log)
    )
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    try channel.writeInbound(ByteBuffer(string: request.text))
    channel.embeddedEventLoop.run()
    let bytes = try #require(try channel.readOutbound(as: ByteBuffer.self))
    let answer = TestResponse.parse(Array(buffer: bytes), toHEAD: request.method == "HEAD")
    return (answer?.0, requestLines(log))
  }

  private static func overHTTP2(_ request: Request, _ endpoints: [String: any Endpoint]) throws -> (
    response: TestResponse?, log: [String]
  ) {
    let peer = try HTTP2Peer(table: EndpointTable(endpoints), HTTPLimits())
    // The settings that say so are in force: header lists may be larger than are answered.
    let outcome = try peer.ask(
      request.method,
      request.path,
      request.fields,
      body: request.body.map { Array($0.utf8) }
    )
    guard case .answer(let response) = outcome else { return (nil, requestLines(peer.log)) }
    return (response, requestLines(peer.log))
  }

  /// Without what is another for each request.
  private static func requestLines(_ log: TestLog) -> [String] {
    log.lines.filter { $0.hasPrefix("request ") }.map { line in
      line.split(separator: " ").filter { !$0.hasPrefix("request=") && !$0.hasPrefix("duration_us=") }
        .joined(separator: " ")
    }
  }

  @Test("N10 100 is sent to a client that waits with its body, and to no other")
  func expectation() throws {
    let endpoint = HangingEndpoint()
    endpoint.release()
    let peer = try HTTP2Peer([endpoint])
    let fields =
      HTTP2Bytes.pseudoFields("POST", "/hang") + [("expect", "100-continue"), ("content-length", "1")]
    try peer.send(HTTP2Bytes.headers(fields, on: 1, isLast: false))
    #expect(peer.continues == 1)
    try peer.send(HTTP2Bytes.data([1], on: 1))
    #expect(peer.outcomes[1]?.status == 200)
    #expect(try peer.ask("GET", "/hang", [("expect", "100-continue")], on: 3)?.status == 200)
    #expect(peer.continues == 1)
  }

  @Test("N10 a refusal does not wait for the rest of the request, and ends its stream only")
  func earlyRefusal() throws {
    let endpoint = HangingEndpoint()
    endpoint.release()
    let peer = try HTTP2Peer([endpoint])
    let fields = HTTP2Bytes.pseudoFields("POST", "/hang") + [("content-length", "16385")]
    try peer.send(HTTP2Bytes.headers(fields, on: 1, isLast: false))
    #expect(peer.outcomes[1]?.status == 413)
    #expect(peer.frames.last?.kind == .reset)
    #expect(peer.frames.last?.code == HTTP2Receiver.noError)
    // What was on its way is thrown away.
    try peer.send(HTTP2Bytes.data([UInt8](repeating: 1, count: 10_000), on: 1, isLast: false))
    try peer.send(HTTP2Bytes.data([1], on: 1))
    #expect(try peer.ask("GET", "/hang", on: 3)?.status == 200)
    #expect(peer.lastWord == nil)
  }

  @Test("N10 CONNECT opens no tunnel")
  func connect() throws {
    let peer = try HTTP2Peer([])
    try peer.send(
      HTTP2Bytes.headers([(":method", "CONNECT"), (":authority", "a:443")], on: 1, isLast: false)
    )
    #expect(peer.outcomes[1]?.status == 501)
  }
}
