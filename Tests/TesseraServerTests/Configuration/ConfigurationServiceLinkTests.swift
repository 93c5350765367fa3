import TesseraServer
import Testing

/// What Kubernetes sets in every pod of a namespace with a service called `tessera`, or with a name that begins so.
@Suite struct ConfigurationServiceLinkTests {
  @Test(arguments: [
    ("TESSERA_SERVICE_HOST", "10.0.0.11"), ("TESSERA_SERVICE_HOST", "2001:db8::1"),
    ("TESSERA_SERVICE_PORT", "8080"),
    ("TESSERA_SERVICE_PORT_HTTP_PUBLIC", "8080"), ("TESSERA_PORT", "tcp://10.0.0.11:8080"),
    ("TESSERA_PORT", "sctp://[2001:db8::1]:8080"), ("TESSERA_PORT_8080_TCP", "tcp://10.0.0.11:8080"),
    ("TESSERA_PORT_8080_TCP_PROTO", "tcp"), ("TESSERA_PORT_8080_TCP_PORT", "8080"),
    ("TESSERA_PORT_53_UDP_ADDR", "10.0.0.11"), ("TESSERA_CANARY_SERVICE_HOST", "10.0.0.12"),
    ("TESSERA_CANARY_PORT_65535_TCP_PORT", "65535"), ("TESSERA_CANARY_PORT", "udp://10.0.0.12:53"),
  ])
  func serviceLinkIsIgnored(name: String, value: String) throws {
    let configuration = try load(environment: [name: value])
    #expect(configuration.serviceLinks == [name])
  }

  @Test(arguments: [
    ("TESSERA_SERVICE_HOST", "example.com"), ("TESSERA_SERVICE_HOST", ""), ("TESSERA_SERVICE_PORT", "65536"),
    ("TESSERA_SERVICE_PORT", "http"), ("TESSERA_SERVICE_PORT", "+1"), ("TESSERA_SERVICE_PORTS", "8080"),
    ("TESSERA_SERVICE_PORT_", "8080"), ("TESSERA_PORT", "8080"), ("TESSERA_PORT", "http://10.0.0.11:8080"),
    ("TESSERA_PORT", "tcp://tessera:8080"), ("TESSERA_PORT", "tcp://10.0.0.11"),
    ("TESSERA_PORT", "tcp://10.0.0.11:8080/"),
    ("TESSERA_PORT_8080_TCP", "8080"), ("TESSERA_PORT_8080_TLS_PORT", "8080"),
    ("TESSERA_PORT_8080_TCP_PROTO", "tls"),
    ("TESSERA_PORT_HTTP_TCP_PORT", "8080"), ("TESSERA_HOST", "10.0.0.11"),
    ("TESSERA_HTTP_PROT", "tcp://10.0.0.11:80"),
  ])
  func anythingElseUnknownStopsTheStart(name: String, value: String) throws {
    let text = try #require(try refusal(environment: [name: value]))
    #expect(text.hasPrefix("unknown environment variable '\(name)'; "))
  }

  /// A service called `tessera-http` takes the name of a key.
  @Test func serviceLinkWithTheNameOfAKeySetsNothing() throws {
    let linked = try load(
      yaml: "http:\n  port: 9000\n",
      environment: ["TESSERA_HTTP_PORT": "tcp://10.0.0.11:80", "TESSERA_HTTP_PORT_80_TCP_PORT": "80"]
    )
    #expect(linked.http.port == 9000)
    #expect(linked.serviceLinks == ["TESSERA_HTTP_PORT", "TESSERA_HTTP_PORT_80_TCP_PORT"])
    let set = try load(environment: ["TESSERA_HTTP_PORT": "80"])
    #expect(set.http.port == 80 && set.serviceLinks.isEmpty)
    #expect(try refusal(environment: ["TESSERA_HTTP_PORT": "http://10.0.0.11:80"]) != nil)
    #expect(try load(environment: ["TESSERA_ISSUER": "https://a.example"]).serviceLinks.isEmpty)
  }
}
