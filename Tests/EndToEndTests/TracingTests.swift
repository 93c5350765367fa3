import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// Spans of a server as a collector gets them.
@Suite struct TracingTests {
  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
  private static let parent = "00f067aa0ba902b7"

  /// A span as it stands in a document.
  private struct Span {
    let members: [String: Any]

    func text(_ name: String) -> String? { members[name] as? String }

    func attribute(_ name: String) -> String? {
      let attributes = members["attributes"] as? [[String: Any]] ?? []
      let value = attributes.first { $0["key"] as? String == name }?["value"] as? [String: Any]
      return value?["stringValue"] as? String ?? value?["intValue"] as? String
    }
  }

  private static func spans(_ receiver: SpanReceiver) throws -> [Span] {
    try receiver.received.flatMap { received in
      let json = try #require(try JSONSerialization.jsonObject(with: Data(received.body)) as? [String: Any])
      let resources = json["resourceSpans"] as? [[String: Any]] ?? []
      let scopes = resources.flatMap { $0["scopeSpans"] as? [[String: Any]] ?? [] }
      return scopes.flatMap { $0["spans"] as? [[String: Any]] ?? [] }.map(Span.init)
    }
  }

  private static func start(_ port: Int, ratio: String = "1") async throws -> RunningServer {
    try await RunningServer.start(
      in: TemporaryFolder(),
      environment: [
        "TESSERA_TRACING_ENDPOINT": "http://127.0.0.1:\(port)", "TESSERA_TRACING_SAMPLE_RATIO": ratio,
      ]
    )
  }

  @Test func aRequestIsASpanAndWhatItWaitsForIsAChild() async throws {
    try await SpanReceiver.run { receiver, port in
      let server = try await Self.start(port)
      let client = try await server.makeClient()
      let request = client.tokenRequest().at("/oauth2/token")
        .adding("traceparent", "00-\(Self.trace)-\(Self.parent)-01")
      var id: String?
      try await wait {
        let response = try await server.send(request)
        id = response.status == 200 ? response.header("x-request-id") : nil
        return id != nil
      }
      let denied = try await server.send(client.tokenRequest(["scope": "nothing"]))
      let unknown = try await server.send(TestRequest.keySet.at("/\(client.secret)"))
      #expect(unknown.status == 404)
      let management = try await server.management()
      try await wait { try await management.metric(#"tessera_spans_total{result="exported"}"#) ?? 0 >= 3 }
      let outcome = try await server.stop()

      let spans = try Self.spans(receiver)
      let span = try #require(spans.first { $0.attribute("tessera.request_id") == id })
      #expect(span.text("traceId") == Self.trace && span.text("parentSpanId") == Self.parent)
      #expect(span.text("name") == "POST /oauth2/token" && span.members["kind"] as? Int == 2)
      for (name, value) in [
        ("http.request.method", "POST"), ("http.route", "/oauth2/token"),
        ("http.response.status_code", "200"), ("tessera.result", "issued"),
        ("tessera.grant", "client_credentials"),
      ] {
        #expect(span.attribute(name) == value, "\(name)")
      }
      let (start, end) = (span.text("startTimeUnixNano"), span.text("endTimeUnixNano"))
      #expect(try #require(start.flatMap { UInt64($0) }) <= #require(end.flatMap { UInt64($0) }))

      let refused = try #require(
        spans.first { $0.attribute("tessera.request_id") == denied.header("x-request-id") }
      )
      #expect(refused.attribute("tessera.result") == "invalid_scope")
      #expect(refused.text("parentSpanId") == nil)
      // The log names the trace, so that one leads to the other.
      let traceID = try #require(refused.text("traceId"))
      #expect(outcome.errors.contains("trace_id=\(traceID)"))

      // The client was not in memory when it asked first.
      let child = try #require(spans.first { $0.text("name") == "store read_client" })
      #expect(child.members["kind"] as? Int == 3)
      #expect(spans.contains { $0.text("spanId") == child.text("parentSpanId") })

      for received in receiver.received {
        let text = String(decoding: received.body, as: UTF8.self)
        #expect(!text.contains(client.secret) && !text.contains(client.id.rawValue))
      }
    }
  }

  @Test func theCallerDecidesWhetherItsTraceIsKeptElseTheRatio() async throws {
    try await SpanReceiver.run { receiver, port in
      let server = try await Self.start(port, ratio: "0")
      let keySet = TestRequest.keySet
      _ = try await server.send(keySet)
      _ = try await server.send(keySet.adding("traceparent", "00-\(Self.trace)-\(Self.parent)-00"))
      _ = try await server.send(keySet.adding("traceparent", "00-\(Self.trace)-\(Self.parent)-01"))
      try await server.stop()
      let spans = try Self.spans(receiver)
      #expect(spans.count == 1 && spans.first?.text("parentSpanId") == Self.parent)
    }
  }

  @Test func aCollectorThatIsAwayDelaysNobody() async throws {
    let unlistened = try await Self.unlistenedPort()
    let server = try await Self.start(unlistened)
    for _ in 0..<20 { #expect(try await server.send(.keySet).status == 200) }
    let outcome = try await { () async throws in
      try await wait { try server.process.errors().contains("spans cannot be exported") }
      return try await server.stop()
    }()
    #expect(outcome.status == 0)
    #expect(outcome.errors.matches(of: /spans cannot be exported/).count == 1)
  }

  /// A port of which the listener has gone.
  private static func unlistenedPort() async throws -> Int {
    var port = 0
    try await SpanReceiver.run { _, free in port = free }
    return port
  }

  @Test(arguments: [
    ("TESSERA_TRACING_ENDPOINT", "ftp://a.example"), ("TESSERA_TRACING_ENDPOINT", "collector:4318"),
    ("TESSERA_TRACING_ENDPOINT", "http://user:word@a.example"),
    ("TESSERA_TRACING_ENDPOINT", "http://a.example/?a"),
    ("TESSERA_TRACING_SAMPLE_RATIO", "1.1"), ("TESSERA_TRACING_SAMPLE_RATIO", "-1"),
    ("TESSERA_TRACING_SAMPLE_RATIO", "1e-3"), ("TESSERA_TRACING_SAMPLE_RATIO", "nan"),
    ("TESSERA_TRACING_SAMPLE_RATIO", "0,5"),
  ])
  func aBadValueIsToldInOneLine(name: String, value: String) async throws {
    let outcome = try await TesseraProcess.run(
      ["config", "check"],
      in: TemporaryFolder(),
      environment: [name: value]
    )
    #expect(outcome.status == 1 && outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("tracing.") && !outcome.errors.contains("word"), "\(outcome.errors)")
  }
}
