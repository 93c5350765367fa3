import NIOCore
import NIOPosix
import Synchronization
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// From a request to its answer, without a connection.
@Suite struct ExchangeHandlerTests {
  /// Keeps the last request.
  private final class CuriousEndpoint: Endpoint {
    let path = "/curious"
    private let last = Mutex<EndpointRequest?>(nil)

    var request: EndpointRequest? { last.withLock { $0 } }

    func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
      let request = exchange.request
      last.withLock { $0 = request }
      return EndpointResponse(status: 200, headers: [:], body: request.body)
    }

    func response(for error: OAuthError) -> EndpointResponse { ContractDialect().response(for: error) }
  }

  private let log = TestLog()

  private func handler(_ proxies: TrustedProxies = .none) -> ExchangeHandler {
    ExchangeHandler(proxies: proxies, warning: PacedWarning(log.logger))
  }

  private func connection(_ transport: Transport = .plain) throws -> RequestOrigin {
    RequestOrigin(peer: try #require(SourceAddress("192.0.2.1")), over: transport)
  }

  private func request(_ endpoint: any Endpoint, _ headers: [(String, String)] = []) -> CollectedRequest {
    let head = RequestHead(
      method: "POST",
      (path: "/prefix" + endpoint.path, endpoint: endpoint),
      query: "a=b",
      headers: RequestHeaders(headers),
      isKeepAlive: true,
      isHTTP10: false
    )
    return CollectedRequest(head: head, body: [1, 2])
  }

  @Test(arguments: [
    Transport.plain, .tls(peerCertificate: nil), .tls(peerCertificate: ClientCertificate([0x30, 0])),
  ])
  func theEndpointIsToldAllThatIsKnown(transport: Transport) throws {
    let endpoint = CuriousEndpoint()
    let (exchange, answer) = try handler().begin(
      request(endpoint, [("X-Forwarded-For", "203.0.113.7"), ("Origin", "https://a")]),
      on: connection(transport),
      at: .uptimeNanoseconds(1_000)
    )
    let response = try #require(answer.immediate)
    #expect(response.status == 200)
    let asked = try #require(endpoint.request)
    #expect(asked.method == "POST" && asked.path == "/prefix/curious" && asked.query == "a=b")
    #expect(asked.headers.values(.origin) == ["https://a"] && asked.body == [1, 2])
    #expect(asked.origin.peer.description == "192.0.2.1" && asked.source.description == "192.0.2.1")
    #expect(asked.origin.transport == transport)
    let record = exchange.record(
      RequestID(prefix: "test-", number: 1),
      of: response,
      at: .uptimeNanoseconds(43_000)
    )
    #expect(record.method == "POST" && record.path == "/curious" && record.status == 200)
    #expect(record.microseconds == 42 && record.source.description == "192.0.2.1")
  }

  @Test func behindAProxyItIsToldWhomThatNames() throws {
    let endpoint = CuriousEndpoint()
    let proxies = TrustedProxies([try #require(AddressRange("192.0.2.1"))])
    let (exchange, _) = try handler(proxies).begin(
      request(endpoint, [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https")]),
      on: connection(),
      at: .now()
    )
    let asked = try #require(endpoint.request)
    #expect(asked.origin.peer.description == "192.0.2.1" && asked.source.description == "203.0.113.7")
    #expect(asked.origin.transport == .proxiedTLS(clientCertificate: nil))
    #expect(exchange.source.description == "203.0.113.7")
  }

  @Test func whatNobodyVouchesForIsRefusedWithoutTheEndpoint() throws {
    let endpoint = CuriousEndpoint()
    let proxies = TrustedProxies([try #require(AddressRange("192.0.2.1"))])
    let (exchange, answer) = try handler(proxies).begin(
      request(endpoint, [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "http")]),
      on: connection(),
      at: .now()
    )
    let response = try #require(answer.immediate)
    #expect(response.status == 400)
    #expect(endpoint.request == nil)
    #expect(exchange.source.description == "192.0.2.1")
    #expect(log.lines.count { $0.contains("let the proxy redirect or refuse plain HTTP") } == 1)
  }

  @Test func whatIsAwaitedIsHandedOver() async throws {
    let endpoint = HangingEndpoint(awaiting: .revocationPage)
    let group = MultiThreadedEventLoopGroup.singleton
    let (exchange, answer) = try handler().begin(request(endpoint), on: connection(), at: .now())
    let pending = try #require(answer.pending)
    let late = exchange.refusal(pending.awaited.isLate)
    #expect(late.status == 503)
    #expect(
      exchange.record(RequestID(prefix: "test-", number: 1), of: late, at: .now()).detail
        == "a page of revocations was not made in time"
    )
    endpoint.release()
    let eventLoop = group.next()
    let promise = eventLoop.makePromise(of: Int.self)
    pending.whenComplete(on: eventLoop, within: nil) { response in
      eventLoop.assertInEventLoop()
      promise.succeed(response.status)
    }
    #expect(try await promise.futureResult.get() == 200)
  }

  @Test func headerFieldsAreWrittenAsTheirNamesAndValues() throws {
    for fixed in FixedFields.allCases {
      var headers = HeaderFields(fixed)
      headers.add("X", "y")
      let writer = ResponseWriter(clock: TestClocks().wall)
      var buffer = ByteBuffer()
      let response = EndpointResponse(status: 200, headers: headers, body: [])
      writer.write(response, to: &buffer, closing: false, isHEAD: false, isHTTP10: false)
      let lines = String(buffer: buffer).split(separator: "\r\n").dropFirst()
      #expect(lines.prefix { !$0.hasPrefix("Date: ") } == headers.all.map { "\($0.name): \($0.value)" }[...])
      #expect(fixed == .none || headers.all.count > 3)
    }
  }

  @Test("O6 beyond the share of a network, and beyond all that may wait, the answer is 503 at once")
  func waiting() async throws {
    let endpoint = HangingEndpoint(dialect: RFC6749Dialect(errors: RFC6749Errors(documentation: nil)))
    let handler = ExchangeHandler(
      proxies: .none,
      warning: PacedWarning(log.logger),
      waiting: WaitingRoom(capacity: 8)
    )
    func ask(_ address: String) throws -> EndpointAnswer {
      let origin = RequestOrigin(peer: try #require(SourceAddress(address)), over: .plain)
      return handler.begin(request(endpoint), on: origin, at: .uptimeNanoseconds(0)).answer
    }
    // One network gets half of what is left, whatever the address in it.
    var pending: [EndpointAnswer] = []
    for address in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] { pending.append(try ask(address)) }
    #expect(pending.allSatisfy { $0.immediate == nil })
    let refusal = try #require(try ask("192.0.2.4").immediate)
    #expect(refusal.status == 503)
    #expect(refusal.headers.all.contains { $0 == ("Retry-After", "1") })
    #expect(String(decoding: refusal.body, as: UTF8.self).contains(#""error":"temporarily_unavailable""#))
    #expect(refusal.privateDetail == "too many requests wait for the store")
    // Another one is not held up.
    for index in 0..<5 { pending.append(try ask("198.51.\(index).1")) }
    #expect(pending.allSatisfy { $0.immediate == nil })
    #expect(try ask("203.0.113.1").immediate?.status == 503)
    // An answer makes room.
    endpoint.release()
    for answer in pending { #expect(await answer.response.status == 200) }
    #expect(try ask("192.0.2.4").immediate?.status == 200)
    #expect(log.lines.count { $0.hasPrefix("too many requests wait") } == 1)
  }

  @Test("O6 what memory answers needs no room")
  func notWaiting() throws {
    let endpoint = CuriousEndpoint()
    let handler = ExchangeHandler(
      proxies: .none,
      warning: PacedWarning(log.logger),
      waiting: WaitingRoom(capacity: 0)
    )
    let answer = try handler.begin(request(endpoint), on: connection(), at: .uptimeNanoseconds(0)).answer
    #expect(answer.immediate?.status == 200)
  }

  @Test("O6 a secret that is stretched has a place of its own")
  func stretching() throws {
    let endpoint = HangingEndpoint(awaiting: .secretStretching)
    let handler = ExchangeHandler(
      proxies: .none,
      warning: PacedWarning(log.logger),
      waiting: WaitingRoom(capacity: 0)
    )
    let answer = try handler.begin(request(endpoint), on: connection(), at: .uptimeNanoseconds(0)).answer
    #expect(answer.immediate == nil)
  }
}

extension EndpointAnswer {
  fileprivate var immediate: EndpointResponse? {
    guard case .now(let response) = self else { return nil }
    return response
  }

  fileprivate var pending: PendingAnswer? {
    guard case .later(let pending) = self else { return nil }
    return pending
  }
}
