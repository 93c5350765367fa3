import Foundation
import TesseraCore
import TesseraHTTP
import TesseraTestSupport
import Testing

/// What no peer can do: fill the memory, hold on for ever, bring the process down.
@Suite struct BoundsTests {
  private static let form = "Content-Type: application/x-www-form-urlencoded\r\n"

  /// Whatever a test did, the server still gives tokens.
  private static func expectAlive(_ server: TestServer) async throws {
    #expect(try await server.send(server.makeClient().tokenRequest()).status == 200)
  }

  @Test(arguments: [
    "\r\n\r\n\0", "GET\r\n\r\n", "GET /\r\n\r\n", "\u{16}\u{03}\u{01}\u{02}", "GET / HTTP/9.9\r\n\r\n",
    "G\0T / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n b: c\r\nX\0: y\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  ])
  func refusesMalformedHTTP(bytes: String) async throws {
    try await TestServer.run { server in
      let connection = try await TestConnection(port: server.port)
      await connection.send(bytes)
      await connection.closeOutput()
      let answer = String(decoding: try await connection.rest(), as: UTF8.self)
      let isRefused = ["HTTP/1.1 4", "HTTP/1.1 501 ", "HTTP/1.1 505 "].contains { answer.hasPrefix($0) }
      #expect(answer.isEmpty || isRefused, "\(answer)")
      try await BoundsTests.expectAlive(server)
    }
  }

  @Test func refusesSmuggling() async throws {
    try await TestServer.run { server in
      let connection = try await TestConnection(port: server.port)
      await connection.send(
        "POST /oauth/token HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
          + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n"
      )
      let answer = String(decoding: try await connection.rest(), as: UTF8.self)
      #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "one answer, not two: \(answer)")
      #expect(answer.hasPrefix("HTTP/1.1 400"))
    }
  }

  @Test func refusesManyHeaders() async throws {
    try await TestServer.run { server in
      let connection = try await TestConnection(port: server.port)
      await connection.send("POST /oauth/token HTTP/1.1\r\nHost: a\r\n")
      await connection.send(String(repeating: "A: b\r\n", count: 100_000))
      let response = try await connection.response()
      #expect(response?.status == 431)
      #expect(response?.member("message") == "Invalid request: Request header fields are too large")
      try await BoundsTests.expectAlive(server)
    }
  }

  @Test(arguments: [9000, 1 << 20])
  func refusesALargeHeader(size: Int) async throws {
    try await TestServer.run { server in
      let connection = try await TestConnection(port: server.port)
      await connection.send(
        "POST /oauth/token HTTP/1.1\r\nHost: a\r\nA: " + String(repeating: "b", count: size) + "\r\n\r\n"
      )
      #expect(try await connection.response()?.status == 431)
    }
  }

  @Test func refusesALargeTarget() async throws {
    try await TestServer.run { server in
      let connection = try await TestConnection(port: server.port)
      await connection.send("GET /" + String(repeating: "a", count: 1 << 20) + " HTTP/1.1\r\nHost: a\r\n\r\n")
      let status = try await connection.response()?.status
      #expect(status == 414)
    }
  }

  @Test func refusesALargeBodyAndStillDeliversTheAnswer() async throws {
    try await TestServer.run { server in
      for _ in 0..<10 {
        let response = try await server.send(TestRequest(body: String(repeating: "a", count: 1 << 20)))
        #expect(response.status == 413)
        #expect(response.header("connection") == "close")
      }
    }
  }

  @Test func cutsARequestThatDribbles() async throws {
    var options = TestServer.Options()
    options.limits.requestTimeout = 1
    try await TestServer.run(options) { server in
      let body = try await TestConnection(port: server.port)
      await body.send(
        "POST /oauth/token HTTP/1.1\r\nHost: a\r\n\(BoundsTests.form)Content-Length: 9\r\n\r\ng"
      )
      let head = try await TestConnection(port: server.port)
      await head.send("POST /oauth/token HTT")
      for connection in [body, head] {
        let response = try await connection.response()
        #expect(response?.status == 408)
        #expect(response?.member("message") == "Invalid request: Request took too long")
        #expect(try await connection.response() == nil)
      }
    }
  }

  @Test func closesAnIdleConnection() async throws {
    var options = TestServer.Options()
    options.limits.idleTimeout = 1
    try await TestServer.run(options) { server in
      let silent = try await TestConnection(port: server.port)
      #expect(try await silent.response() == nil)
    }
  }

  @Test func closesTheLongestIdleConnectionForANewOne() async throws {
    var options = TestServer.Options()
    options.limits.maximumConnections = 2
    try await TestServer.run(options) { server in
      var connections: [TestConnection] = []
      for _ in 0..<2 {
        let connection = try await TestConnection(port: server.port)
        await connection.send(TestRequest.keySet.bytes)
        #expect(try await connection.response()?.status == 200)
        connections.append(connection)
      }
      // The first was used again, so the second has been idle for longer.
      await connections[0].send(TestRequest.keySet.bytes)
      #expect(try await connections[0].response()?.status == 200)
      let third = try await TestConnection(port: server.port)
      await third.send(TestRequest.keySet.bytes)
      #expect(try await third.response()?.status == 200)
      #expect(try await connections[1].response() == nil, "closed")
      for connection in [connections[0], third] {
        await connection.send(TestRequest.keySet.bytes)
        #expect(try await connection.response()?.status == 200)
      }
      for _ in 0..<5 {
        let next = try await TestConnection(port: server.port)
        await next.send(TestRequest.keySet.bytes)
        #expect(try await next.response()?.status == 200)
      }
      // Once a minute at most, and this takes a while on a busy machine.
      let lines = server.log.lines.filter { $0.contains("idle connections are closed to make room") }
      #expect((1..<6).contains(lines.count))
    }
  }

  @Test func answers503AboveTheLimitWhenNoConnectionIsIdle() async throws {
    var limits = HangingEndpoint.patient
    limits.maximumConnections = 2
    let hanging = HangingEndpoint()
    let log = TestLog()
    try await HangingEndpoint.run(hanging, limits, log: log) { port in
      let busy = [try await TestConnection(port: port), try await TestConnection(port: port)]
      for connection in busy { await connection.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n") }
      try await wait { hanging.arrived == 2 }
      for _ in 0..<3 {
        let third = try await TestConnection(port: port)
        let refusal = try await third.response()
        #expect(refusal?.status == 503)
        #expect(refusal?.header("retry-after") != nil)
        #expect(try await third.response() == nil)
      }
      hanging.release()
      for connection in busy { #expect(try await connection.response()?.status == 200) }
      #expect((1..<3).contains(log.lines.filter { $0.contains("no connection is idle") }.count))
      // They are idle now.
      let fourth = try await TestConnection(port: port)
      await fourth.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try await fourth.response()?.status == 200)
    }
  }

  @Test(
    "The log says what was waited for when a request takes too long",
    arguments: [
      (Awaited.store, "the store did not answer in time"),
      (.secretStretching, "an imported secret was not compared in time"),
      (.publishedKeys, "the keys of the client were not fetched in time"),
    ]
  )
  func answers503WhenWhatIsWaitedForHangs(what: Awaited, detail: String) async throws {
    var limits = HTTPLimits()
    limits.requestTimeout = 1
    let (hanging, log) = (HangingEndpoint(awaiting: what), TestLog())
    try await HangingEndpoint.run(hanging, limits, log: log) { port in
      let connection = try await TestConnection(port: port)
      await connection.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try await connection.response()?.status == 503)
      #expect(try await connection.response() == nil)
      hanging.release()
    }
    #expect(log.lines.count { $0.contains("detail=\(detail)") } == 1, "\(log.lines)")
  }
}
