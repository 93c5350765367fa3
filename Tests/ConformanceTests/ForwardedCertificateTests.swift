import Foundation
import TesseraCore
import TesseraSupport
import TesseraTestSupport
import Testing

/// Certificates that a TLS proxy passes on (RFC 9440, RFC 9700 §4.13).
@Suite(.everyDoor) struct ForwardedCertificateTests {
  private static let unreadable = ContractError.invalidRequest(
    "The proxy does not pass the client certificate on"
  )

  /// As nginx escapes PEM for `$ssl_client_escaped_cert`, and Envoy for `Cert`.
  private static func escaped(_ text: String) -> String {
    text.utf8.map { byte in
      let character = Character(Unicode.Scalar(byte))
      return character.isLetter || character.isNumber || "-_.~".contains(character)
        ? String(character) : "%" + String(Int(byte) + 0x100, radix: 16, uppercase: true).dropFirst()
    }.joined()
  }

  private static func base64(_ certificate: TestCertificate) -> String {
    Data(certificate.leaf).base64EncodedString()
  }

  /// What each proxy writes in the field of its own.
  private static func written(_ header: CertificateHeader, _ certificate: TestCertificate) -> [String] {
    let pem = certificate.chain[0]
    let hash = String(repeating: "0a", count: 32)
    return switch header {
    case .clientCert: [":\(base64(certificate)):"]
    case .envoy:
      [
        #"Hash=\#(hash);Cert="\#(escaped(pem))";Subject="CN=billing,O=Example";URI="#,
        #"By=spiffe://a/b;Hash=\#(hash);Cert="\#(escaped(pem))";Chain="\#(escaped(pem))""#,
        #"Subject="CN=\"a;Cert=\\";Cert="\#(escaped(pem))""#,
      ]
    case .traefik: [escaped(base64(certificate)), base64(certificate)]
    case .ssl, .ingress: [escaped(pem), escaped(pem).lowercasedEscapes, base64(certificate)]
    }
  }

  @Test(
    "M12 what nginx, HAProxy, Envoy and Traefik write is read as they write it",
    arguments: CertificateHeader.allCases
  )
  func formats(_ header: CertificateHeader) async throws {
    var setting = CertificateWorld.Setting()
    setting.header = header
    try await CertificateWorld.run(setting) { world in
      let certificate = try world.issue()
      let client = try await world.client(with: [certificate])
      let request = CertificateWorld.request(client.tokenForm(["client_secret": nil]), nil)
      for value in ForwardedCertificateTests.written(header, certificate) {
        expect(
          try await world.server.send(request.adding(header.rawValue, value)),
          grants: "item",
          "\(value)"
        )
        expect(
          try await world.server.send(request.adding(header.rawValue.lowercased(), value)),
          grants: "item"
        )
      }
      expect(try await world.server.send(request.adding(header.rawValue, "")), is: .missingCredentials)
      // Another field than the one that was chosen is anybody's.
      for other in CertificateHeader.allCases where other != header {
        for value in ForwardedCertificateTests.written(other, certificate) {
          expect(try await world.server.send(request.adding(other.rawValue, value)), is: .missingCredentials)
        }
      }
    }
  }

  @Test("M12 more than one certificate, and what is none, are refused", arguments: CertificateHeader.allCases)
  func refused(_ header: CertificateHeader) async throws {
    var setting = CertificateWorld.Setting()
    setting.header = header
    try await CertificateWorld.run(setting) { world in
      let certificate = try world.issue()
      let client = try await world.client(with: [certificate])
      let request = CertificateWorld.request(client.tokenForm(["client_secret": nil]), nil)
      let value = ForwardedCertificateTests.written(header, certificate)[0]
      for another in [value, try ForwardedCertificateTests.written(header, world.issue())[0], "x"] {
        let twice = request.adding(header.rawValue, value).adding(header.rawValue, another)
        expect(try await world.server.send(twice), is: ForwardedCertificateTests.unreadable)
        // So Traefik writes what has come along; see below.
        if header == .traefik, another != "x" { continue }
        let joined = request.adding(header.rawValue, "\(value),\(another)")
        expect(try await world.server.send(joined), is: ForwardedCertificateTests.unreadable)
      }
      let base64 = ForwardedCertificateTests.base64(certificate)
      for bad in [
        "x", "::", ":\(base64)", "\(base64)AAAA", "%", "%2", "%zz", "Cert=", #"Cert="\#(base64)AAAA""#,
        "Hash=00",
        ":AAAA:", "\"", "MAA=", String(repeating: "A", count: 8000),
      ] {
        let answer = try await world.server.send(request.adding(header.rawValue, bad))
        #expect(answer.status == 400, "\(bad)")
        #expect(answer.accessToken == nil)
      }
      // A byte too many, and the thumbprint would be another.
      let longer = Data(certificate.leaf + [0]).base64EncodedString()
      for text in [":\(longer):", longer, "Cert=\(longer)"] {
        #expect(try await world.server.send(request.adding(header.rawValue, text)).status == 400)
      }
    }
  }

  @Test("M12 of those that Traefik writes with commas between them, the first is the caller's")
  func chain() async throws {
    var setting = CertificateWorld.Setting()
    setting.header = .traefik
    try await CertificateWorld.run(setting) { world in
      let between = try world.authority.intermediate(at: CertificateWorld.time)
      let behind = try between.issueClient(at: CertificateWorld.time)
      let chain = behind.chain.map { Data(TestCertificate.der($0)).base64EncodedString() }
      // Another one: what leads to an authority is remembered.
      let alone = ForwardedCertificateTests.base64(try between.issueClient(at: CertificateWorld.time))
      let own = ForwardedCertificateTests.base64(try world.issue())
      let client = try await world.client(.distinguishedName, "CN=billing,O=Example")
      let registered = try world.issue { $0.commonNames = ["robot"] }
      let robot = try await world.client(with: [registered])
      func send(_ value: String, _ client: TestClient) async throws -> TestResponse {
        let request = CertificateWorld.request(client.tokenForm(["client_secret": nil]), nil)
        return try await world.server.send(request.adding(CertificateHeader.traefik.rawValue, value))
      }
      let joined = chain.joined(separator: ",")
      for value in [joined, ForwardedCertificateTests.escaped(joined), own, "\(own),\(chain[1])"] {
        expect(try await send(value, client), grants: "item", "\(value)")
      }
      expect(try await send(alone, client), is: .failedInBody, "what is between is missing")
      expect(try await send("\(chain[1]),\(chain[0])", client), is: .failedInBody, "in another order")
      let robots = ForwardedCertificateTests.base64(registered)
      expect(try await send("\(own),\(robots)", robot), is: .failedInBody, "the second proves nothing")
      expect(try await send("\(robots),\(own)", robot), grants: "item")
      for value in [
        "\(joined),", ",\(joined)", "\(chain[0]),,\(chain[1])", "\(joined),x", "\(joined);\(own)",
        Array(repeating: own, count: 7).joined(separator: ","),
      ] {
        expect(try await send(value, client), is: ForwardedCertificateTests.unreadable, "\(value)")
      }
    }
  }

  @Test(
    "M12 a field of a caller that is no trusted proxy counts for nothing, and neither does one without a proxy"
  )
  func untrusted() async throws {
    try await CertificateWorld.run { world in
      let certificate = try world.issue()
      let client = try await world.client(with: [certificate])
      let request = CertificateWorld.request(client.tokenForm(["client_secret": nil]), certificate)
      expect(try await world.server.send(request), grants: "item")
    }
    for proxies in [
      TrustedProxies.none, TrustedProxies([try #require(AddressRange("127.0.0.1"))]),
      TrustedProxies([try #require(AddressRange("192.0.2.0/24"))], certificateHeader: .clientCert),
    ] {
      var options = TestServer.Options()
      options.proxies = proxies
      options.clientCertificates = .init()
      try await TestServer.run(options) { server in
        let certificate = try TestAuthority(at: CertificateWorld.time).issueClient(at: CertificateWorld.time)
        let client = try await server.makeClient()
        try await server.change(client) {
          $0.keyMetadata.keys = [
            ClientKey(
              name: "key",
              material: .certificate(certificate.leaf),
              createdAt: server.clocks.wall.now,
              expiresAt: nil
            )
          ]
        }
        let request = CertificateWorld.request(client.tokenForm(["client_secret": nil]), certificate)
        let answer = try await server.send(request)
        #expect(answer.status == 400 && answer.accessToken == nil)
      }
    }
  }
}

extension String {
  /// The same with small letters in its escapes.
  fileprivate var lowercasedEscapes: String {
    replacing(#/%[0-9A-F]{2}/#) { String($0.output).lowercased() }
  }
}
