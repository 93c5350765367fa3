import Testing

@testable import TesseraCore

@Suite struct TrustedProxiesTests {
  private static let https = ("X-Forwarded-Proto", "https")

  private func source(
    _ headers: [(String, String)],
    hops: Int = 1,
    peer: String = "10.0.0.1"
  ) throws -> Result<String, ProxyProblem> {
    let proxies = TrustedProxies([try #require(AddressRange("10.0.0.0/8"))], hops: hops)
    let connection = RequestOrigin(peer: try #require(SourceAddress(peer)), over: .plain)
    return Result { () throws(ProxyProblem) in
      let origin = try proxies.origin(on: connection, headers: RequestHeaders(headers))
      #expect(origin.peer == connection.peer && origin.transport == .proxiedTLS(clientCertificate: nil))
      return origin.source.description
    }
  }

  private func address(_ text: String) throws -> SourceAddress { try #require(SourceAddress(text)) }

  @Test(arguments: [
    ("203.0.113.9", "203.0.113.9"), ("203.0.113.9:51234", "203.0.113.9"),
    ("2001:db8::1", "2001:db8:0:0:0:0:0:1"), ("[2001:db8::1]:443", "2001:db8:0:0:0:0:0:1"),
    ("[2001:db8::1]", "2001:db8:0:0:0:0:0:1"), ("::ffff:203.0.113.9", "203.0.113.9"),
    ("[::ffff:203.0.113.9]:1", "203.0.113.9"), ("fe80::1%eth0", "fe80:0:0:0:0:0:0:1"),
    ("[fe80::1%25eth0]:80", "fe80:0:0:0:0:0:0:1"), ("\t203.0.113.9 ", "203.0.113.9"),
    ("1.1.1.1, 203.0.113.9", "203.0.113.9"), ("nonsense,203.0.113.9", "203.0.113.9"),
    ("203.0.113.9, ,", "203.0.113.9"), ("10.0.0.8", "10.0.0.8"), ("::ffff:10.0.0.8", "10.0.0.8"),
  ])
  func theCallerIsWhomTheProxyWasAskedBy(forwarded: String, expected: String) throws {
    #expect(try source([TrustedProxiesTests.https, ("X-Forwarded-For", forwarded)]) == .success(expected))
  }

  @Test(arguments: [
    "nonsense", "unknown", "_hidden", "203.0.113.9, unknown", "203.0.113.9:", "203.0.113.9:http",
    "203.0.113.9:999999", "[2001:db8::1", "[2001:db8::1]x", "[2001:db8::1]:", "[203.0.113.9]", "fe80::1%",
    "203.0.113.9%eth0", "203.0.113.9 1", "for=203.0.113.9", "\"203.0.113.9\"", "0x7f.1", ":1",
    "203.0.113.256",
  ])
  func whatIsNoAddressIsNoCaller(forwarded: String) throws {
    #expect(
      try source([TrustedProxiesTests.https, ("X-Forwarded-For", forwarded)]) == .failure(.addressUnreadable)
    )
  }

  @Test(
    arguments: [
      [:], ["X-Forwarded-For": ""], ["X-Forwarded-For": " , "], ["Forwarded": "for=203.0.113.9"],
    ] as [[String: String]]
  )
  func withoutAnAddressTheProxyIsNotTheCaller(headers: [String: String]) throws {
    let headers = [TrustedProxiesTests.https] + headers.map { ($0.key, $0.value) }
    #expect(try source(headers) == .failure(.addressMissing))
  }

  @Test func severalFieldsAreOneList() throws {
    let fields = ["198.51.100.1", "198.51.100.2, 198.51.100.3", "203.0.113.9"].map { ("X-Forwarded-For", $0) }
    #expect(try source([TrustedProxiesTests.https] + fields) == .success("203.0.113.9"))
    #expect(
      try source([TrustedProxiesTests.https] + fields + [("X-Forwarded-For", "unknown")])
        == .failure(.addressUnreadable)
    )
  }

  /// Whoever is at an address of a proxy could otherwise write what stands left of it.
  @Test func aCallerAmongTheProxiesCannotChooseItsAddress() throws {
    for chosen in ["198.51.100.1", "10.9.9.9", "unknown"] {
      let headers = [TrustedProxiesTests.https, ("X-Forwarded-For", "\(chosen), 10.0.0.8")]
      #expect(try source(headers) == .failure(.anotherProxy(try address("10.0.0.8"))))
    }
  }

  private static let chains: [(chain: String, expected: String?)] = [
    ("203.0.113.9, 10.0.0.8", "203.0.113.9"), ("10.0.0.9, 10.0.0.8", "10.0.0.9"),
    ("198.51.100.1, 203.0.113.9, 10.0.0.8", "203.0.113.9"),
    // Straight to the inner proxy.
    ("198.51.100.1, 203.0.113.9", "203.0.113.9"), ("203.0.113.9", "203.0.113.9"),
    ("10.0.0.8", nil), ("198.51.100.1, 10.0.0.9, 10.0.0.8", nil), ("unknown, 10.0.0.8", nil),
  ]

  @Test(arguments: chains)
  func asManyProxiesCountAsThereAre(chain: String, expected: String?) throws {
    let found = try source([TrustedProxiesTests.https, ("X-Forwarded-For", chain)], hops: 2)
    #expect((try? found.get()) == expected, "\(found)")
  }

  @Test(
    arguments: [
      (nil, .protocolMissing), ("", .protocolMissing), (",", .protocolMissing), ("http", .notOverTLS),
      ("https,http", .notOverTLS), ("http,https", .notOverTLS), ("wss", .notOverTLS), ("https", nil),
      ("HTTPS, https", nil),
    ] as [(String?, ProxyProblem?)]
  )
  func tlsIsWhatEveryProxySays(proto: String?, problem: ProxyProblem?) throws {
    let headers = [("X-Forwarded-For", "203.0.113.9")] + (proto.map { [("X-Forwarded-Proto", $0)] } ?? [])
    #expect(try source(headers) == problem.map { .failure($0) } ?? .success("203.0.113.9"))
  }

  @Test func whoeverIsNoProxyIsRefusedWhateverItSays() throws {
    let headers = [TrustedProxiesTests.https, ("X-Forwarded-For", "203.0.113.9")]
    #expect(try source(headers, peer: "192.0.2.1") == .failure(.notAProxy(try address("192.0.2.1"))))
  }

  @Test(arguments: [
    Transport.plain, .tls(peerCertificate: nil), .tls(peerCertificate: ClientCertificate([0x30, 0])),
  ])
  func headersCountForNothingWithoutAProxy(transport: Transport) throws {
    let peer = try #require(SourceAddress("10.0.0.1"))
    let headers = RequestHeaders([("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "http")])
    let connection = RequestOrigin(peer: peer, over: transport)
    let origin = try TrustedProxies.none.origin(on: connection, headers: headers)
    #expect(origin.peer == peer && origin.source == peer && origin.transport == transport)
  }

  @Test(arguments: [
    ("0.0.0.0/0", true), ("::/0", true), ("0.0.0.0/1", true), ("128.0.0.0/1", true), ("10.0.0.0/7", true),
    ("::ffff:0:0/96", true), ("2000::/3", true), ("fc00::/6", true), ("10.0.0.0/8", false),
    ("fc00::/7", false),
    ("127.0.0.0/8", false), ("::1", false), ("192.0.2.1", false), ("::ffff:10.0.0.0/104", false),
  ])
  func aRangeWithMuchOfTheInternetInItIsTooWide(range: String, isTooWide: Bool) throws {
    #expect(try #require(AddressRange(range)).isTooWideToTrust == isTooWide)
  }
}
