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
}
