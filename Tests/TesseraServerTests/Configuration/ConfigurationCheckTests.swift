import TesseraServer
import Testing

@Suite struct ConfigurationCheckTests {
  @Test func lifetimeIsAtMostTheLongest() throws {
    #expect(
      try refusal(yaml: "token: {lifetime: 7200, max-lifetime: 3600}")
        == "token.lifetime is 7200, but must not be more than token.max-lifetime, which is 3600"
    )
    #expect(try refusal(yaml: "token: {lifetime: 3600, max-lifetime: 3600}") == nil)
  }

  @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "2001:db8::1"])
  func plainHTTPBeyondLoopbackTakesATLSProxy(_ host: String) throws {
    let text = try refusal(environment: ["TESSERA_HTTP_HOST": host])
    #expect(text?.hasPrefix("http.host is \(host), but plain HTTP beyond loopback is refused: ") == true)
    let environment = ["TESSERA_HTTP_HOST": host, "TESSERA_HTTP_BEHIND_TLS_PROXY": "true"]
    #expect(try refusal(environment: environment) == nil)
  }

  @Test(arguments: ["127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1"])
  func loopbackNeedsNoProxy(_ host: String) throws {
    #expect(try refusal(environment: ["TESSERA_HTTP_HOST": host]) == nil)
  }

  @Test(
    "T3 what would make anybody a trusted proxy or peer is refused",
    arguments: ["http.trusted-proxies", "verify.trusted-peers", "revocations.trusted-peers"],
    ["0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96", "0.0.0.0/1, 128.0.0.0/1", "192.0.2.1, 8.0.0.0/7", "2000::/3"]
  )
  func wideRangesAreRefused(_ name: String, _ ranges: String) throws {
    let key = try #require(ConfigurationKey.all.first { $0.name == name })
    let text = try refusal(environment: [key.environmentVariable: ranges])
    #expect(
      text?.contains(name) == true && text?.contains("none wider than /8 (IPv6: /7)") == true,
      "\(text ?? "")"
    )
    #expect(try refusal(environment: [key.environmentVariable: "10.0.0.0/8, fc00::/7"]) == nil)
  }

  @Test func aProxyInFrontHasAnAddress() throws {
    var environment = ["TESSERA_HTTP_BEHIND_TLS_PROXY": "true", "TESSERA_HTTP_TRUSTED_PROXIES": ""]
    #expect(try refusal(environment: environment)?.hasPrefix("http.trusted-proxies is empty") == true)
    environment["TESSERA_HTTP_BEHIND_TLS_PROXY"] = "false"
    #expect(try refusal(environment: environment) == nil)
  }

  @Test(arguments: [("0", false), ("1", true), ("16", true), ("17", false)])
  func proxyHopsAreOneToSixteen(_ hops: String, _ isAllowed: Bool) throws {
    #expect((try refusal(environment: ["TESSERA_HTTP_PROXY_HOPS": hops]) == nil) == isAllowed)
  }
}
