import NIOCore
import TesseraCore
import Testing

@testable import TesseraHTTP

/// Headers of the PROXY protocol, good and bad.
@Suite struct ProxyHeaderTests {
  private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]

  static func binary(_ command: UInt8, _ family: UInt8, _ content: [UInt8]) -> [UInt8] {
    signature + [command, family, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
  }

  private static let ipv4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 1, 0xDE, 0xAD, 1, 187]
  private static let ipv6: [UInt8] =
    [0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 0, count: 11) + [1] + [UInt8](repeating: 0, count: 15) + [1]
    + [0, 80, 1, 187]
  /// What a load balancer adds of its own: an ID of 12 bytes.
  private static let extra: [UInt8] = [5, 0, 12] + [UInt8](repeating: 7, count: 12)

  private static let good: [([UInt8], String?)] = [
    (Array("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n".utf8), "192.0.2.1"),
    (Array("PROXY TCP6 2001:db8::1 ::1 0 65535\r\n".utf8), "2001:db8::1"),
    (Array("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 1\r\n".utf8), "192.0.2.1"),
    (Array("PROXY UNKNOWN\r\n".utf8), nil),
    (Array("PROXY UNKNOWN whatever it is\r\n".utf8), nil),
    (binary(0x21, 0x11, ipv4), "192.0.2.1"), (binary(0x21, 0x11, ipv4 + extra), "192.0.2.1"),
    (binary(0x21, 0x21, ipv6), "2001:db8::1"), (binary(0x21, 0x21, ipv6 + extra), "2001:db8::1"),
    (binary(0x20, 0x00, []), nil), (binary(0x20, 0x11, ipv4), nil), (binary(0x20, 0x12, []), nil),
    (binary(0x21, 0x00, [1, 2, 3]), nil), (binary(0x21, 0x31, [UInt8](repeating: 0, count: 216)), nil),
    (binary(0x21, 0x11, ipv4 + [UInt8](repeating: 1, count: 2020)), "192.0.2.1"),
  ]

  @Test(arguments: good)
  func headersAreReadHoweverTheyAreCut(_ header: [UInt8], _ source: String?) throws {
    let expected = ProxyHeader(source: source.flatMap { SourceAddress($0) }, length: header.count)
    #expect(try ProxyHeader.read(header) == expected)
    #expect(
      try ProxyHeader.read(header + Array("GET / HTTP/1.1\r\n".utf8)) == expected,
      "what follows is not looked at"
    )
    for length in 0..<header.count { #expect(try ProxyHeader.read(header.prefix(length)) == nil) }
  }

  private static let bad: [[UInt8]] =
    [
      "GET / HTTP/1.1\r\n", "PROXY \r\n", "PROXY TCP4\r\n", "proxy TCP4 192.0.2.1 198.51.100.1 1 2\r\n",
      "PROXY TCP4 192.0.2.1 198.51.100.1 1 2\n", "PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n",
      "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 3\r\n", "PROXY TCP4  192.0.2.1 198.51.100.1 1 2\r\n",
      "PROXY TCP4 192.0.2.1 198.51.100.1 1 65536\r\n", "PROXY TCP4 192.0.2.1 198.51.100.1 01 2\r\n",
      "PROXY TCP4 192.0.2.1 198.51.100.1 -1 2\r\n", "PROXY TCP4 192.0.2.1 198.51.100.1 +1 2\r\n",
      "PROXY TCP4 192.0.2.1 198.51.100.1 1 \r\n", "PROXY TCP4 192.0.2.256 198.51.100.1 1 2\r\n",
      "PROXY TCP4 192.0.2.01 198.51.100.1 1 2\r\n", "PROXY TCP4 2001:db8::1 ::1 1 2\r\n",
      "PROXY TCP6 192.0.2.1 198.51.100.1 1 2\r\n", "PROXY TCP5 192.0.2.1 198.51.100.1 1 2\r\n",
      "PROXY UDP4 192.0.2.1 198.51.100.1 1 2\r\n", "PROXY TCP4 localhost 198.51.100.1 1 2\r\n",
      "PROXY TCP4 192.0.2.1 elsewhere 1 2\r\n", "PROXY UNKNOWN " + String(repeating: "a", count: 100),
      "PROXY TCP6 ::1%eth0 ::1 1 2\r\n", "\r\n\r\n\0\r\nQUIS\n", "\0",
    ].map { Array($0.utf8) } + [
      // Another version, another command, datagrams, addresses that are not whole, a length beyond all reason.
      binary(0x11, 0x11, ipv4), binary(0x22, 0x11, ipv4), binary(0x21, 0x12, ipv4), binary(0x21, 0x22, ipv6),
      binary(0x21, 0x41, ipv4), binary(0x21, 0x11, Array(ipv4.dropLast())),
      binary(0x21, 0x21, Array(ipv6.dropLast())),
      binary(0x21, 0x21, ipv4), binary(0x21, 0x11, [UInt8](repeating: 0, count: 2033)),
      signature + [0x21, 0x11, 0xFF, 0xFF], [0x50, 0x52, 0x4F, 0x58, 0x59, 0x20, 0xFF, 0xFE, 13, 10],
    ]

  @Test(arguments: bad)
  func whatIsNoHeaderIsRefused(_ bytes: [UInt8]) {
    #expect(throws: ProxyHeader.Malformed.self) { try ProxyHeader.read(bytes) }
  }
}
