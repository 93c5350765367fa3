import TesseraCore
import TesseraServer
import Testing

@Suite struct ConfigurationValueTests {
  @Test(arguments: [
    "", "# nothing\n", "---\n", "http:\n", "http:\n  # port: 1\nlog:\n", "http: {}\n",
  ])
  func fileWithoutValuesGivesTheDefaults(_ yaml: String) throws {
    let configuration = try load(yaml: yaml)
    #expect(configuration.http.port == 8080)
    #expect(configuration.issuer == nil)
    #expect(configuration.http.trustedProxies.map(\.description) == ["127.0.0.0/8", "::1"])
  }

  @Test(arguments: [
    "http:\n  trusted-proxies: [10.0.0.0/8, '::1']", "http:\n  trusted-proxies: 10.0.0.0/8, ::1",
    "http.trusted-proxies:\n  - 10.0.0.0/8\n  - ::1",
  ])
  func listIsAListInTheFile(_ yaml: String) throws {
    #expect(try load(yaml: yaml).http.trustedProxies.map(\.description) == ["10.0.0.0/8", "::1"])
  }

  @Test func listIsSeparatedByCommasInTheEnvironment() throws {
    let configuration = try load(environment: ["TESSERA_HTTP_TRUSTED_PROXIES": " 10.0.0.0/8 ,::1,"])
    #expect(configuration.http.trustedProxies.map(\.description) == ["10.0.0.0/8", "::1"])
    let none = try load(environment: ["TESSERA_HTTP_TRUSTED_PROXIES": ""])
    #expect(none.http.trustedProxies.isEmpty)
  }

  @Test(arguments: [
    ("http.port", "65536"), ("http.port", "-1"), ("http.port", ""), ("http.port", "80 "),
    ("http.port", "8e1"), ("http.port", "99999999999999999999"), ("http.behind-tls-proxy", "yes"),
    ("http.host", "example.com"), ("http.host", "127.0.0.1:80"), ("http.trusted-proxies", "10.0.0.1/8"),
    ("issuer", "http://example.com"), ("issuer", "https://example.com/?a=b"), ("issuer", "example.com"),
    ("issuer", "https://example.com/#a"), ("issuer", "https://user@example.com"), ("issuer", "https://"),
    ("issuer", "ftp://127.0.0.1"), ("issuer", "http://127.0.0.1.example.com"), ("issuer", "https://a b"),
    ("token.lifetime", "9"), ("log.level", "loud"), ("log.format", "xml"), ("data-dir", ""),
  ])
  func badValueIsRefusedWithKeyOriginAndWhatIsAllowed(_ name: String, _ value: String) throws {
    let key = try #require(ConfigurationKey.all.first { $0.name == name })
    let variable = key.environmentVariable
    #expect(
      try refusal(environment: [variable: value])
        == "\(name) (from \(variable)) is '\(value)' but must be \(key.allowed)"
    )
  }

  @Test(arguments: [
    "https://app.example.com", "https://app.example.com:8443", "http://localhost:3000", "http://127.0.0.1",
    "http://[::1]:5173", "https://[2001:db8::1]", "https://xn--bcher-kva.example",
  ])
  func originOfPagesIsAsBrowsersSendIt(_ origin: String) throws {
    let variable = "TESSERA_HTTP_CORS_ORIGINS"
    #expect(try load(environment: [variable: origin]).http.corsOrigins == [origin])
    #expect(try load(environment: [variable: "\(origin), https://b.example"]).http.corsOrigins.count == 2)
    for bad in [
      origin + "/", origin + "?a", origin + "#a", origin.uppercased(), origin + "/path", "*", "null",
      "app.example.com",
      "https://*.example.com", "http://app.example.com", "https://a.example:443", "http://localhost:80",
      "ftp://a.example", "https://", "https://u@a.example", "https://bücher.example", "https://a.example:",
    ] {
      #expect(try refusal(environment: [variable: bad]) != nil, "\(bad)")
    }
  }

  @Test(
    "W2 the issuer is https, or http on loopback, without query and fragment",
    arguments: [
      "https://auth.example.com", "https://auth.example.com:8443/tenant", "http://localhost:8080",
      "http://[::1]:8080", "http://127.1.2.3",
    ]
  )
  func issuerIsHTTPSOrLoopback(_ issuer: String) throws {
    #expect(try load(environment: ["TESSERA_ISSUER": issuer]).issuer == issuer)
    for bad in [
      issuer + "?a", issuer + "#a", issuer.replacing(/^https?:\/\/[^:\/]+/, with: "http://example.com"),
    ] {
      #expect(throws: ConfigurationError.self, "\(bad)") { try load(environment: ["TESSERA_ISSUER": bad]) }
    }
  }

  @Test func badValueIsShownOnOneLine() throws {
    let text = try refusal(environment: [
      "TESSERA_HTTP_PORT": "1\n\u{1B}[31m" + String(repeating: "9", count: 999)
    ])
    #expect(text?.hasPrefix("http.port (from TESSERA_HTTP_PORT) is '1\\n\\u{1B}[31m999") == true)
    #expect(text?.contains("\n") == false && (text?.count ?? .max) < 250)
  }

  @Test func fileIsNamedWithItsLine() throws {
    #expect(
      try refusal(yaml: "log:\n  level: info\nhttp:\n  port: many\n")
        == "http.port (from tessera.yaml:4) is 'many' but must be an integer from 0 to 65535"
    )
    #expect(
      try refusal(yaml: "http:\n  port: [1, 2]\n")
        == "http.port (from tessera.yaml:2) is 'a list' but must be an integer from 0 to 65535"
    )
  }
}
