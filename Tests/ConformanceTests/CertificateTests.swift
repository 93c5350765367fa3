import Crypto
import Foundation
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// Client authentication by certificates (RFC 8705 §2).
@Suite(.everyDoor) struct CertificateTests {
  @Test("M1 a client that shows a certificate has to say its ID")
  func clientID() async throws {
    try await CertificateWorld.run { world in
      let certificate = try world.issue()
      let client = try await world.client(with: [certificate])
      expect(try await world.ask(client, certificate), grants: "item")
      expect(try await world.ask(client, certificate, ["client_id": nil]), is: .noCredentials)
      expect(try await world.ask(client, certificate, ["client_id": ""]), is: .noCredentials)
    }
  }

  @Test(
    "M2 the certificate of another client, and an unknown client, are invalid_client, with the same answer"
  )
  func mismatch() async throws {
    try await CertificateWorld.run { world in
      let (mine, another) = (try world.issue(), try world.issue { $0.commonNames = ["another"] })
      let client = try await world.client(with: [mine])
      let other = try await world.client(.distinguishedName, "CN=another,O=Example")
      expect(try await world.ask(client, mine), grants: "item")
      expect(try await world.ask(other, another), grants: "item")
      for (asked, shown) in [(client, another), (other, mine)] {
        expect(try await world.ask(asked, shown), is: .failedInBody)
      }
      expect(try await world.ask(client, mine, ["client_id": "00000000-unknown"]), is: .failedInBody)
      expect(try await world.ask(client, nil), is: .missingCredentials)
    }
  }

  @Test("M3 of the five ways to name the subject of a certificate a client has one, and no client has two")
  func oneSubject() throws {
    let texts: [(CertificateSubject.Kind, String, [String])] = [
      (.distinguishedName, "CN=a, O=b", ["", "a", "CN=", "CN=a,", "XX=a", "CN=a\u{0}b", "CN=a\\"]),
      (.dns, "a.example", ["192.0.2.1", "", "a..b", "a b", "a\u{0}b", "https://a.example"]),
      (.uri, "spiffe://a.example/b", ["a.example", "", "a b:c"]),
      (.ip, "2001:db8::1", ["2001:db8::/32", "a.example", ""]),
      (.email, "a@example.com", ["a", "a@", "@a", "a@b@c"]),
    ]
    for (kind, good, bad) in texts {
      let subject = try #require(CertificateSubject(kind, good), "\(good)")
      for text in bad { #expect(CertificateSubject(kind, text) == nil, "\(kind): \(text)") }
      var metadata = ClientKeyMetadata()
      metadata.certificateSubject = subject
      #expect(ClientKeyMetadata(storedText: metadata.storedText) == metadata)
      #expect(try CertificateSubject.of([kind.rawValue: good]) == subject)
      let second = kind == .dns ? CertificateSubject.Kind.uri : .dns
      #expect(throws: AdministrationError.self) {
        try CertificateSubject.of([kind.rawValue: good, second.rawValue: good])
      }
      let other =
        kind == .dns ? #""tls_client_auth_san_ip":"192.0.2.1""# : #""tls_client_auth_san_dns":"b.example""#
      #expect(ClientKeyMetadata(storedText: metadata.storedText.dropLast() + ",\(other)}") == nil)
    }
  }

  @Test(
    "M5 of certificates that no authority has signed, those count that are registered, until they end there"
  )
  func selfSigned() async throws {
    try await CertificateWorld.run { world in
      let stranger = try TestAuthority(at: CertificateWorld.time)
      let registered = try stranger.issueClient(at: CertificateWorld.time)
      let next = try stranger.issueClient(at: CertificateWorld.time)
      let unregistered = try stranger.issueClient(at: CertificateWorld.time)
      let client = try await world.client(with: [registered, next])
      for certificate in [registered, next] {
        expect(try await world.ask(client, certificate), grants: "item")
      }
      // Of the very names, and even of the authority that is trusted.
      for certificate in [unregistered, try world.issue()] {
        expect(try await world.ask(client, certificate), is: .failedInBody)
      }
      world.server.clocks.advance(seconds: 86_400)
      try await world.server.replica.catchUp()
      expect(try await world.ask(client, registered), is: .failedInBody)
    }
  }

  @Test(
    "M5 a client that is registered for an authority's word is not known by a certificate, nor the other way round"
  )
  func pinnedMethod() async throws {
    try await CertificateWorld.run { world in
      let certificate = try world.issue()
      let subject = try #require(CertificateSubject(.distinguishedName, "CN=billing,O=Example"))
      let client = try await world.client(with: [certificate])
      try await world.server.change(client) { $0.keyMetadata.certificateSubject = subject }
      for (method, isAdmitted) in [
        (ClientAuthenticationMethod?.some(.selfSignedTLSClientAuth), true), (.tlsClientAuth, true),
        (nil, true),
        (.clientSecretBasic, false), (.clientSecretPost, false), (ClientAuthenticationMethod.none, false),
      ] {
        try await world.server.change(client) { $0.authenticationMethod = method }
        let answer = try await world.ask(client, certificate)
        if isAdmitted { expect(answer, grants: "item") } else { expect(answer, is: .failedInBody) }
      }
      let withoutSubject = try await world.client { $0.authenticationMethod = .tlsClientAuth }
      expect(try await world.ask(withoutSubject, certificate), is: .failedInBody)
      let withoutKeys = try await world.client { $0.authenticationMethod = .selfSignedTLSClientAuth }
      expect(try await world.ask(withoutKeys, certificate), is: .failedInBody)
    }
  }

  @Test(
    "M7 a token is bound to the certificate by x5t#S256, the SHA-256 of its DER, in both formats",
    .everyTokenFormat
  )
  func confirmation() async throws {
    try await CertificateWorld.run { world in
      let certificate = try world.issue()
      let bound = try await world.client(with: [certificate], isBound: true)
      let thumbprint = Array(SHA256.hash(data: certificate.leaf))
      let token = try #require(try await world.ask(bound, certificate).accessToken)
      #expect(try world.server.openToken(token)?.grant.confirmation == .certificate(thumbprint: thumbprint))
      let unbound = try await world.client(with: [certificate])
      let other = try #require(try await world.ask(unbound, certificate).accessToken)
      #expect(try #require(try world.server.openToken(other)).grant.confirmation == nil)
    }
  }

  @Test("M8 introspection says what a token is bound to", .everyTokenFormat)
  func introspection() async throws {
    try await CertificateWorld.run { world in
      let certificate = try world.issue()
      let bound = try await world.client(with: [certificate], isBound: true)
      let api = try await world.server.makeClient {
        $0.scopes = []
        $0.introspectedResources = [TokenWorld.resource]
      }
      let token = try #require(try await world.ask(bound, certificate).accessToken)
      let form = [("client_id", api.id.rawValue), ("client_secret", api.secret), ("token", token)]
      let request = CertificateWorld.request(form, nil).at("/oauth2/introspect")
      let answer = try await world.server.send(request)
      #expect(answer.json["active"] as? Bool == true)
      let thumbprint = Base64URL.encode(Array(SHA256.hash(data: certificate.leaf)))
      #expect(answer.json["cnf"] as? [String: String] == ["x5t#S256": thumbprint])
    }
  }

  @Test("M9 tokens are bound under the other authentication methods too")
  func otherMethods() async throws {
    try await CertificateWorld.run { world in
      let certificate = try world.issue()
      let client = try await world.client { $0.keyMetadata.isCertificateBound = true }
      let thumbprint = Array(SHA256.hash(data: certificate.leaf))
      let posted = CertificateWorld.request(client.tokenForm(), certificate)
      let withoutCredentials: [String: String?] = ["client_id": nil, "client_secret": nil]
      let basic = CertificateWorld.request(client.tokenForm(withoutCredentials), certificate)
        .basic(client.id.rawValue, client.secret)
      for request in [posted, basic] {
        let token = try #require(try await world.server.send(request).accessToken)
        #expect(try world.server.openToken(token)?.grant.confirmation == .certificate(thumbprint: thumbprint))
      }
      // A certificate makes up for no secret.
      let wrong = CertificateWorld.request(client.tokenForm(["client_secret": "wrong-secret"]), certificate)
      expect(try await world.server.send(wrong), is: .failedInBody)
    }
  }

  @Test("M10 a client whose tokens are bound gets none without a certificate; others do")
  func boundWithoutCertificate() async throws {
    try await CertificateWorld.run { world in
      let bound = try await world.client { $0.keyMetadata.isCertificateBound = true }
      let unbound = try await world.server.makeClient()
      expect(
        try await world.server.send(CertificateWorld.request(bound.tokenForm(), nil)),
        is: .invalidRequest("A client certificate is required")
      )
      expect(try await world.server.send(CertificateWorld.request(unbound.tokenForm(), nil)), grants: "item")
    }
  }

  @Test("M10 a server to which no certificate can be shown gives a bound client nothing")
  func boundWhereNoneIsTaken() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      expect(try await server.send(client.tokenRequest()), grants: "item")
      try await server.change(client) { $0.keyMetadata.isCertificateBound = true }
      expect(
        try await server.send(client.tokenRequest()),
        is: .invalidRequest("A client certificate is required")
      )
    }
  }

  @Test("M11 the metadata says that tokens are bound, by which methods, and where certificates are shown")
  func metadata() async throws {
    let path = "/.well-known/oauth-authorization-server"
    let forwarded = [("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-Proto", "https")]
    var setting = CertificateWorld.Setting()
    setting.baseURL = "https://mtls.example.com"
    try await CertificateWorld.run(setting) { world in
      let members = try await world.server.get(path, headers: forwarded).json
      #expect(members["tls_client_certificate_bound_access_tokens"] as? Bool == true)
      let methods = try #require(members["token_endpoint_auth_methods_supported"] as? [String])
      #expect(methods.contains("tls_client_auth") && methods.contains("self_signed_tls_client_auth"))
      #expect(
        members["mtls_endpoint_aliases"] as? [String: String] == [
          "token_endpoint": "https://mtls.example.com/oauth2/token",
          "introspection_endpoint": "https://mtls.example.com/oauth2/introspect",
          "revocation_endpoint": "https://mtls.example.com/oauth2/revoke",
        ]
      )
    }
    try await CertificateWorld.run { world in
      let members = try await world.server.get(path, headers: forwarded).json
      #expect(members["tls_client_certificate_bound_access_tokens"] as? Bool == true)
      #expect(members["mtls_endpoint_aliases"] == nil)
    }
    try await TestServer.run { server in
      let members = try await server.get(path).json
      #expect(members["tls_client_certificate_bound_access_tokens"] == nil)
      #expect(members["mtls_endpoint_aliases"] == nil)
      let methods = try #require(members["token_endpoint_auth_methods_supported"] as? [String])
      #expect(!methods.contains { $0.contains("tls") })
    }
  }
}
