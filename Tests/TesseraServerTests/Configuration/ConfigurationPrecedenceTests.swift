import Foundation
import TesseraCore
import TesseraServer
import Testing

@Suite struct ConfigurationPrecedenceTests {
  struct Sources: Sendable {
    var file: String?
    var environment: String?
    var flag: String?
    let expected: Int
    let origin: String
  }

  @Test(arguments: [
    Sources(expected: 8080, origin: "default"),
    Sources(file: "1", expected: 1, origin: "file"),
    Sources(environment: "2", expected: 2, origin: "TESSERA_HTTP_PORT"),
    Sources(file: "1", environment: "2", expected: 2, origin: "TESSERA_HTTP_PORT"),
    Sources(flag: "3", expected: 3, origin: "--port"),
    Sources(file: "1", flag: "3", expected: 3, origin: "--port"),
    Sources(environment: "2", flag: "3", expected: 3, origin: "--port"),
    Sources(file: "1", environment: "2", flag: "3", expected: 3, origin: "--port"),
  ])
  func laterSourceWins(_ sources: Sources) throws {
    let configuration = try load(
      yaml: sources.file.map { "http:\n  port: \($0)\n" },
      environment: sources.environment.map { ["TESSERA_HTTP_PORT": $0] } ?? [:],
      flags: sources.flag.map { ["http.port": $0] } ?? [:]
    )
    #expect(configuration.http.port == sources.expected)
    let port = try #require(ConfigurationKey.all.first { $0.name == "http.port" })
    let origin = configuration.origin(of: port).description
    #expect(sources.origin == "file" ? origin.hasSuffix("/tessera.yaml:2") : origin == sources.origin)
  }

  @Test func standardFileIsReadOnlyWhenItExistsAndNoOtherIsNamed() throws {
    let folder = try TemporaryFolder()
    let standard = try folder.write("http: {port: 1}", to: "tessera.yaml")
    let named = try folder.write("http: {port: 2}", to: "named.yaml")
    func port(file: String? = nil, variable: String? = nil, standard: String) throws -> Int {
      try ServerConfiguration.load(
        file: file,
        defaultFile: standard,
        environment: variable.map { ["TESSERA_CONFIG": $0] } ?? [:]
      ).http.port
    }
    #expect(try port(standard: standard) == 1)
    #expect(try port(standard: folder.path + "/none.yaml") == 8080)
    #expect(try port(file: named, standard: standard) == 2)
    #expect(try port(variable: named, standard: standard) == 2)
    #expect(try port(file: named, variable: standard, standard: standard) == 2)
    #expect(throws: ConfigurationError.self) {
      try port(file: folder.path + "/none.yaml", standard: standard)
    }
    #expect(throws: ConfigurationError.self) {
      try port(variable: folder.path + "/none.yaml", standard: standard)
    }
  }

  /// Whoever runs a command in a strange folder is told what that folder decided.
  @Test func aFileThatNobodyNamedIsTold() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("http: {port: 1}", to: "tessera.yaml")
    let empty = try folder.write("# nothing", to: "empty.yaml")
    func told(file: String? = nil, _ environment: [String: String] = [:], standard: String) throws -> String?
    {
      try ServerConfiguration.load(file: file, defaultFile: standard, environment: environment).unnamedFile
    }
    #expect(try told(standard: file) == file)
    #expect(try told(file: file, standard: file) == nil)
    #expect(try told(["TESSERA_CONFIG": file], standard: file) == nil)
    #expect(try told(standard: folder.path + "/none.yaml") == nil)
    #expect(try told(standard: empty) == nil)
  }

  @Test func everyKeyIsReadFromTheEnvironmentVariableItNames() throws {
    let values = [
      "data-dir": "/data", "store": "sqlite:/data/other.sqlite",
      "issuer": "https://auth.example.com", "http.host": "::1",
      "management.host": "::1", "management.require-token": "true",
      "http.behind-tls-proxy": "true", "http.trusted-proxies": "10.0.0.0/8", "http.proxy-hops": "2",
      "log.level": "debug",
      "log.format": "json", "token.max-lifetime": "7200", "verify.trusted-peers": "192.0.2.1/32",
      "revocations.trusted-peers": "192.0.2.1/32", "contract.path": "/login", "rfc6749.path": "off",
      "http.cors-origins": "https://app.example.com",
      "documentation": "https://docs.example.com/tessera", "http.proxy-protocol": "true",
      "store-password-group-readable": "true", "tracing.endpoint": "https://collector.example.com",
      "tracing.sample-ratio": "0.25", "audit.syslog": "/dev/log", "audit.syslog-facility": "local7",
      "notifications.webhook-url": "https://hooks.example.com", "notifications.events": "client.created",
      "http.tls.client-certificates": "true", "http.client-certificate-header": "Client-Cert",
      "http.mtls-base-url": "https://mtls.example.com", "dpop.nonce": "required",
      "assertions.strict": "true", "profile": "fapi2", "outbound.allowed-hosts": "keys.example.com",
    ]
    // What is allowed only together with others.
    let tls = ["TESSERA_HTTP_TLS_CERTIFICATE": "/cert.pem", "TESSERA_HTTP_TLS_KEY": "/key.pem"]
    let management = [
      "TESSERA_MANAGEMENT_TLS_CERTIFICATE": "/cert.pem", "TESSERA_MANAGEMENT_TLS_KEY": "/key.pem",
    ]
    let authorities = tls.merging(["TESSERA_HTTP_TLS_CLIENT_AUTHORITIES": "/ca.pem"]) { $1 }
    let companions = [
      "http.tls.client-certificates": tls, "http.tls.client-authorities": tls,
      "http.tls.client-revocations": authorities,
      "http.mtls-base-url": tls.merging(["TESSERA_HTTP_TLS_CLIENT_CERTIFICATES": "true"]) { $1 },
      "http.client-certificate-header": [
        "TESSERA_HTTP_BEHIND_TLS_PROXY": "true", "TESSERA_HTTP_TRUSTED_PROXIES": "10.0.0.0/8",
      ],
      "http.tls.certificate": tls, "http.tls.key": tls, "http.plain-port": tls,
      "management.tls.certificate": management, "management.tls.key": management,
    ]
    // The master keys and files that are read have tests of their own; 720 is allowed for every other key.
    let ownTests = [
      "store-password-file", "notifications.ca-file", "audit.syslog-ca-file", "outbound.ca-file",
    ]
    for key in ConfigurationKey.all
    where !key.name.hasPrefix("master-key") && !ownTests.contains(key.name) {
      let value = values[key.name] ?? (key.name == "brute-force.free-failures" ? "7" : "720")
      let environment = companions[key.name, default: [:]].merging([key.environmentVariable: value]) { $1 }
      let configuration = try load(environment: environment)
      #expect(key.value(in: configuration) == value, "\(key.name)")
      #expect(key.defaultValue != value, "\(key.name)")
      #expect(configuration.origin(of: key) == .environment(variable: key.environmentVariable))
    }
  }
}
