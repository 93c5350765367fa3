import TesseraServer
import Testing

/// Where a server may listen, and with what.
@Suite struct ConfigurationListeningTests {
  private static let tls = ["TESSERA_HTTP_TLS_CERTIFICATE": "cert.pem", "TESSERA_HTTP_TLS_KEY": "key.pem"]

  private func refusal(_ changes: [String: String], _ more: [String: String] = [:]) throws -> String? {
    try TesseraServerTests.refusal(environment: changes.merging(more) { $1 })
  }

  @Test(
    "T3 with a certificate it may listen beyond loopback",
    arguments: ["0.0.0.0", "::", "192.0.2.1,2001:db8::1"]
  )
  func beyondLoopback(_ hosts: String) throws {
    #expect(try refusal(["TESSERA_HTTP_HOST": hosts]) != nil)
    #expect(try refusal(["TESSERA_HTTP_HOST": hosts], ConfigurationListeningTests.tls) == nil)
  }

  @Test func oneAddressBeyondLoopbackIsEnoughToRefuse() throws {
    let text = try refusal(["TESSERA_HTTP_HOST": "127.0.0.1, 192.0.2.1"])
    #expect(text?.hasPrefix("http.host is 192.0.2.1, but plain HTTP beyond loopback is refused: ") == true)
  }

  @Test(
    arguments: [
      ("http: {host: 127.0.0.1}", ["127.0.0.1"]), ("http: {host: [127.0.0.1, '::1']}", ["127.0.0.1", "::1"]),
      ("http: {host: '127.0.0.1, ::1'}", ["127.0.0.1", "::1"]), ("http: {host: ['::1', '::1']}", ["::1"]),
      ("http: {host: ['::', 0.0.0.0], tls: {certificate: a, key: b}}", ["::"]),
      ("log: {level: info}", ["127.0.0.1"]),
    ]
  )
  func hostsAreOneOrMore(_ yaml: String, _ hosts: [String]) throws {
    #expect(try load(yaml: yaml).http.hosts == hosts)
  }

  @Test(arguments: ["[]", "example.com", "[127.0.0.1, example.com]", "''"])
  func whatIsNoAddressIsRefused(_ host: String) throws {
    #expect(try TesseraServerTests.refusal(yaml: "http: {host: \(host)}")?.contains("http.host") == true)
  }

  @Test func theIssuerBecomesHTTPS() throws {
    #expect(try load().issuerInUse == "http://127.0.0.1:8080")
    #expect(try load(environment: ConfigurationListeningTests.tls).issuerInUse == "https://127.0.0.1:8080")
  }

  @Test func aPlainPortNeedsTLSAndAPortOfItsOwn() throws {
    #expect(
      try refusal(["TESSERA_HTTP_PLAIN_PORT": "80"])?.hasPrefix("http.plain-port is 80, but there is no TLS")
        == true
    )
    #expect(try refusal(["TESSERA_HTTP_PLAIN_PORT": "80"], ConfigurationListeningTests.tls) == nil)
    let same = ["TESSERA_HTTP_PLAIN_PORT": "443", "TESSERA_HTTP_PORT": "443"]
    #expect(try refusal(same, ConfigurationListeningTests.tls)?.contains("are both 443") == true)
  }

  @Test func callersAreNamedInOneWay() throws {
    let proxy = ["TESSERA_HTTP_PROXY_PROTOCOL": "true"]
    #expect(try refusal(proxy) == nil)
    #expect(
      try refusal(proxy, ["TESSERA_HTTP_BEHIND_TLS_PROXY": "true"])?
        .hasPrefix("http.proxy-protocol and http.behind-tls-proxy are both true") == true
    )
    #expect(
      try refusal(proxy, ["TESSERA_HTTP_TRUSTED_PROXIES": ""])?.hasPrefix("http.trusted-proxies is empty")
        == true
    )
  }

  @Test func aUnixSocketTakesThePlaceOfTheAddresses() throws {
    #expect(try load().http.listensAtAddresses)
    let socket = ["TESSERA_HTTP_SOCKET": "/run/tessera.sock"]
    #expect(try !load(environment: socket).http.listensAtAddresses)
    for (name, value) in [("TESSERA_HTTP_HOST", "::1"), ("TESSERA_HTTP_PORT", "8081")] {
      #expect(try load(environment: socket.merging([name: value]) { $1 }).http.listensAtAddresses)
    }
    #expect(
      try refusal(socket, ["TESSERA_HTTP_SOCKET_MODE": "999"])?.contains("permissions in octal") == true
    )
    #expect(try refusal(socket, ["TESSERA_HTTP_SOCKET_OWNER": "a:"])?.contains("user:group") == true)
  }
}
