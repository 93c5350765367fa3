import Testing

@testable import TesseraCore

@Suite struct TrustedProxiesTests {
  private static let table: [(forwarded: String?, source: String)] = [
    (nil, "10.0.0.1"), ("203.0.113.9", "203.0.113.9"), ("203.0.113.9:51234", "203.0.113.9"),
    ("2001:db8::1", "2001:db8:0:0:0:0:0:1"), ("[2001:db8::1]:443", "2001:db8:0:0:0:0:0:1"),
    ("\t203.0.113.9 ", "203.0.113.9"), ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
    ("203.0.113.9, 10.0.0.7", "203.0.113.9"), ("nonsense", "10.0.0.1"),
    ("nonsense, 203.0.113.9", "203.0.113.9"),
    ("10.0.0.8, 10.0.0.7", "10.0.0.8"), ("", "10.0.0.1"),
  ]

  @Test(arguments: table)
  func theSourceIsTheLastAddressThatIsNoProxy(forwarded: String?, source: String) throws {
    let proxies = TrustedProxies([try #require(AddressRange("10.0.0.0/8"))])
    let headers = RequestHeaders(forwarded.map { [("X-Forwarded-For", $0)] } ?? [])
    let peer = try #require(SourceAddress("10.0.0.1"))
    #expect(try proxies.source(peer: peer, headers: headers).description == source)
  }

  @Test(arguments: [
    ("https", true), ("HTTPS, https", true), ("http", false), ("https,http", false), ("", true),
  ])
  func tlsIsWhatEveryProxySays(proto: String, isAccepted: Bool) throws {
    let proxies = TrustedProxies([try #require(AddressRange("10.0.0.0/8"))])
    let peer = try #require(SourceAddress("10.0.0.1"))
    let source = try? proxies.source(peer: peer, headers: RequestHeaders([("X-Forwarded-Proto", proto)]))
    #expect((source != nil) == isAccepted)
  }

  @Test func headersCountForNothingWithoutAProxy() throws {
    let peer = try #require(SourceAddress("10.0.0.1"))
    let headers = RequestHeaders([("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "http")])
    #expect(try TrustedProxies.none.source(peer: peer, headers: headers) == peer)
  }
}
