import NIOCore
import NIOPosix
import NIOSSL
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// HTTP/2 on a listener with TLS.
@Suite struct HTTP2OverTLSTests {
  @Test("N3 a client that knows both gets HTTP/2, whatever it offers first")
  func agreed() async throws {
    try await SecureServer.run { server in
      for names in [["h2"], ["h2", "http/1.1"], ["http/1.1", "h2"]] {
        let connection = try await server.connect { $0.applicationProtocols = names }
        await connection.send(HTTP2Bytes.preface)
        // Its settings, which no answer of HTTP/1.1 begins like.
        let bytes = try #require(try await connection.bytes())
        #expect(bytes.dropFirst(3).first == HTTP2Bytes.Kind.settings.rawValue, "\(names)")
        await connection.close()
      }
      #expect(try await server.answer { $0.applicationProtocols = ["http/1.1"] }?.text == "done")
    }
  }

  @Test("N2 N10 an answer over HTTP/2 has the fields of one over HTTP/1.1")
  func sameFields() async throws {
    try await SecureServer.run { server in
      let old = try #require(try await server.answer())
      let client = try await HTTP2Client(server)
      let outcome = try await client.ask("GET", "/hang", on: 1)
      guard case .answer(let new) = outcome else {
        Issue.record("no answer")
        return
      }
      #expect(new.header("strict-transport-security") == "max-age=60")
      let names = [new, old].map { Set($0.headers.map(\.name)).subtracting(["connection"]) }
      #expect(names[0] == names[1])
      #expect(new.body == old.body)
      await client.close()
    }
  }

  @Test("N10 a request that waits holds up no other of its connection, and its answer comes when it is there")
  func waits() async throws {
    try await SecureServer.run(hangs: true) { server in
      let client = try await HTTP2Client(server)
      await client.send(HTTP2Bytes.request("GET", "/hang", on: 1) + HTTP2Bytes.request("GET", "/hang", on: 3))
      #expect(try await client.ask("GET", "/elsewhere", on: 5)?.status == 404)
      #expect(server.endpoint.arrived == 2)
      #expect(await client.receiver.outcomes.count == 1)
      server.endpoint.release()
      for stream in [1, 3] { #expect(try await client.outcome(of: stream)?.status == 200) }
      await client.close()
    }
  }

  @Test("N8 a hundred requests may wait on a connection, and those that were reset count")
  func waitsAtMost() async throws {
    try await SecureServer.run(hangs: true) { server in
      let client = try await HTTP2Client(server)
      for index in 0..<150 {
        let stream = 2 * index + 1
        await client.send(HTTP2Bytes.request("GET", "/hang", on: stream) + HTTP2Bytes.ping())
        // Answered once the endpoint was asked, if it is.
        try await client.receive { $0.frames.count { $0.kind == .ping } == index + 1 }
        await client.send(HTTP2Bytes.reset(stream))
      }
      // The last is reset too before room is made for it.
      await client.send(HTTP2Bytes.ping())
      try await client.receive { $0.frames.count { $0.kind == .ping } == 151 }
      #expect(server.endpoint.arrived == 100)
      server.endpoint.release()
      #expect(try await client.ask("GET", "/hang", on: 301)?.status == 200)
      await client.close()
      // What nobody waits for any more is in the log all the same.
      try await wait { server.log.lines.count { $0.hasPrefix("request ") } == 101 }
    }
  }

  @Test("A request whose answer takes too long is refused, and the connection goes on")
  func late() async throws {
    var limits = HTTPLimits()
    limits.requestTimeout = 1
    try await SecureServer.run(limits: limits, hangs: true) { server in
      let client = try await HTTP2Client(server)
      #expect(try await client.ask("GET", "/hang", on: 1)?.status == 503)
      #expect(try await client.ask("GET", "/elsewhere", on: 3)?.status == 404)
      server.endpoint.release()
      await client.close()
      try await wait { server.log.lines.count { $0.contains("the store did not answer in time") } == 1 }
    }
  }

  @Test("N11 a stop lets what is in flight end")
  func stops() async throws {
    try await SecureServer.run(hangs: true) { server in
      let client = try await HTTP2Client(server)
      let idle = try await HTTP2Client(server)
      await client.send(HTTP2Bytes.request("GET", "/hang", on: 1))
      try await wait { server.endpoint.arrived == 1 }
      #expect(try await idle.ask("GET", "/elsewhere", on: 1)?.status == 404)
      async let stopped: Void = server.http.stop()
      for each in [client, idle] {
        #expect(try await each.receive { $0.lastWord?.lastStream == 0x7FFF_FFFF })
        #expect(try await each.receive { $0.frames.contains { $0.kind == .ping } })
        let ping = await each.receiver.frames.last { $0.kind == .ping }
        await each.send(HTTP2Bytes.ping(ping?.payload ?? [], isAnswer: true))
        #expect(try await each.receive { $0.lastWord?.lastStream == 1 })
      }
      #expect(try await idle.receive { _ in false } == false, "an idle connection is closed")
      server.endpoint.release()
      #expect(try await client.outcome(of: 1)?.status == 200)
      #expect(try await client.receive { _ in false } == false)
      await stopped
    }
  }

  @Test("N8 while one floods, others on the same event loop are served")
  func others() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    try await SecureServer.run(group: group) { server in
      let good = try await HTTP2Client(server)
      let floods: [[UInt8]] = [
        HTTP2Bytes.ping(), HTTP2Bytes.settings([]), HTTP2Bytes.windowUpdate(1),
        HTTP2Bytes.frame(0x42, flags: 0, on: 0, []),
        HTTP2Bytes.priority(of: 3, dependsOn: 1),
      ]
      for (index, flood) in floods.enumerated() {
        let bad = try await HTTP2Client(server)
        await bad.send(Array([[UInt8]](repeating: flood, count: 10_000).joined()))
        #expect(try await good.ask("GET", "/hang", on: 2 * index + 1)?.status == 200)
        #expect(try await bad.receive { $0.lastWord != nil })
        #expect(await bad.receiver.lastWord?.code == HTTP2Receiver.enhanceYourCalm)
        await bad.close()
      }
      await good.close()
    }
    try await group.shutdownGracefully()
  }
}
