import Crypto
import Foundation
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// Public keys and certificates of clients, as operators register them.
@Suite struct ClientKeyTests {
  /// A JWK of an algorithm, with these members beside.
  static func jwk(_ algorithm: SigningAlgorithm = .es256, _ members: [String: String] = [:]) throws -> String
  {
    let pair = try #require(algorithm.generate(.system))
    let key = JWK(material: pair.publicMaterial, keyID: members["kid"], algorithm: nil)
    let others = members.filter { $0.key != "kid" }.map { JSONValue.Member($0.key, .string($0.value)) }
    return JSONValue.object(key.members.map { .init($0.name, .string($0.value)) } + others).text()
  }

  static func keys(_ count: Int = 1) throws -> [NewClientKey] {
    try (0..<count).flatMap { try PublicKeyDocument(try jwk(.es256, ["kid": "key \($0)"])).newKeys() }
  }

  /// A certificate that is valid when the clocks of tests begin.
  static func certificate(days: Double = 90) throws -> String {
    let time = Date(timeIntervalSince1970: Double(TestClocks().wall.now.milliseconds) / 1000)
    return try TestAuthority().issue(name: "app", at: time, to: days * 86_400).chain[0]
  }

  private static let weakPEM = """
    -----BEGIN PUBLIC KEY-----
    MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC67xqQjg8pM4sMVUibK782mDAp
    P3L0p67bQbJGnAx8BO+q/c/0e+LIK+UVtXfIp0fUwqC6D2xaYF5WW9KS9IbqUAK8
    CDWqDTJV4AZ/DLuXE8qzCVG5zCAfE+b9yim6BkCu9p6X9OTYn5GiZLgDwlOJEbZp
    7AyuSOwcOzH5TfrgfQIDAQAB
    -----END PUBLIC KEY-----
    """
  /// On a curve of 224 bits.
  private static let smallCurvePEM = """
    -----BEGIN PUBLIC KEY-----
    ME4wEAYHKoZIzj0CAQYFK4EEACEDOgAEmv934IHfNjOizErTDjpTUbwE5I8l7dKx
    lkN94exH8pl6BFdh0xwYwEeR2xTKALFgefHkvg5czaY=
    -----END PUBLIC KEY-----
    """
  /// With an RSA key of 1024 bits.
  private static let weakCertificate = """
    -----BEGIN CERTIFICATE-----
    MIIB/DCCAWWgAwIBAgIUEmmaSLKj+8Rn0ldbcM6ictGlKy0wDQYJKoZIhvcNAQEL
    BQAwDzENMAsGA1UEAwwEd2VhazAgFw0yNjExMjcyMTA2MTZaGA8yMTI2MTEwMzIx
    MDYxNlowDzENMAsGA1UEAwwEd2VhazCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkC
    gYEA1Urg0+61WfVTPjl+sXJUDAGYSgpT2kx5qYlCCvou2OyOQgSvukPQjddQRAMP
    CElCMk5GgrfXFIZ8ZPPUyqPRAkoS0CYjNfcOijdPye0KvpYF7XboD18F0q2DpB92
    Nr9RDqmjK6K3Qg7uerXLol3pa+NzdVFMZOM5FsKKVrh+aS0CAwEAAaNTMFEwHQYD
    VR0OBBYEFE99KlFPZbQKugeIBmRVwdupnBq4MB8GA1UdIwQYMBaAFE99KlFPZbQK
    ugeIBmRVwdupnBq4MA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEA
    CPK9igh7ouJ67TidoPWUtqqgDyZQ1qe81rkP+9158eki8a3lNInz4X9nTDe7X5Fg
    yaopTNb1GCPBRSQ7H48CoCcsmqMxlf8JrhN29g/jb3H5c7AmpInCwBmB3goDJ88t
    xTvQwx7JXELPttnKp9r+nISDS84UkYgcZ6VJZUBiq9g=
    -----END CERTIFICATE-----
    """

  private func failure(_ text: String) -> String? {
    do throws(AdministrationError) {
      _ = try PublicKeyDocument(text)
      return nil
    } catch {
      return error.description
    }
  }

  @Test(
    "J31 RSA below 2048 bits and small curves are refused at registration, as a JWK, in PEM and in a certificate"
  )
  func weakKeys() throws {
    func rsa(_ bytes: Int, first: UInt8 = 0xFF) -> String {
      let modulus = Base64URL.encode([first] + [UInt8](repeating: 0xFF, count: bytes - 1))
      return #"{"kty":"RSA","n":"\#(modulus)","e":"AQAB"}"#
    }
    for (weak, bits) in [(rsa(128), "1024"), (rsa(255), "2040"), (rsa(256, first: 0x7F), "2047")] {
      #expect(failure(weak) == "an RSA key of \(bits) bits is too weak: it has 2048 to 8192")
    }
    #expect(failure(rsa(256)) == nil, "2048 bits are enough")
    #expect(failure(rsa(1025))?.contains("too long") == true)
    #expect(failure(Self.weakPEM)?.contains("1024 bits is too weak") == true)
    #expect(failure(Self.smallCurvePEM)?.contains("of another kind") == true)
    #expect(failure(#"{"kty":"EC","crv":"P-192","x":"AAAA","y":"AAAA"}"#)?.contains("EC P-192") == true)
    #expect(failure(Self.weakCertificate)?.contains("2048 bits or more") == true)
    let pair = try #require(SigningAlgorithm.rs256.generate(.system))
    #expect(failure(JSONValue(JWK(pair.publicMaterial, for: .rs256)).text()) == nil)
  }

  @Test(arguments: SigningAlgorithm.all)
  func aPublicKeyOfEachAlgorithmIsReadAndAPrivateOneIsNot(algorithm: SigningAlgorithm) throws {
    let pair = try #require(algorithm.generate(.system))
    let jwk = JWK(pair.publicMaterial, for: algorithm)
    #expect(try PublicKeyDocument(JSONValue(jwk).text()).materials == [.key(jwk)])
    let whole = JSONValue.object(
      (jwk.members + pair.privateMembers).map { .init($0.name, .string($0.value)) }
    )
    let lines = Data(pair.pkcs8).base64EncodedString()
    let refused = [
      whole.text(), #"{"keys":[\#(JSONValue(jwk).text()),\#(whole.text())]}"#,
      "-----BEGIN PRIVATE KEY-----\n\(lines)\n-----END PRIVATE KEY-----\n",
      "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----",
      "\n-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
    ]
    for text in refused {
      let message = try #require(failure(text))
      #expect(message.contains("this is a private key; give the public half"))
      #expect(!pair.privateMembers.contains { message.contains($0.value) })
    }
  }

  @Test func aPublicKeyIsReadFromPEMAndNamedByItsThumbprint() throws {
    let key = P256.Signing.PrivateKey().publicKey
    let document = try PublicKeyDocument(key.pemRepresentation)
    guard case .key(let jwk) = document.materials[0] else {
      Issue.record("it is a key")
      return
    }
    #expect(jwk.keyID == JWK.thumbprint(of: jwk.material) && jwk.algorithm == nil)
    #expect(document.newKeys()[0].name.text == "key-\(document.materials[0].thumbprint.prefix(8))")
    let point = Array(key.rawRepresentation)
    #expect(jwk.material == .p256(x: Array(point[..<32]), y: Array(point[32...])))
  }

  @Test func aKeySetIsReadAndEachKeyIsNamedByItsID() throws {
    let keys = try [
      Self.jwk(.es256, ["kid": "a"]), Self.jwk(.edDSA, ["kid": "b"]), Self.jwk(.es256),
      Self.jwk(.edDSA, ["kid": "A"]),
    ]
    let document = try PublicKeyDocument("{\"keys\":[\(keys.joined(separator: ","))]}")
    let names = document.newKeys().map(\.name.text)
    #expect(names.prefix(2) == ["a", "b"] && names[2].hasPrefix("key-"))
    #expect(names[3].hasPrefix("key-") && names[3] != names[2], "an ID that another has names one of them")
  }

  @Test(arguments: [
    ("", "neither JSON"), ("ssh-ed25519 AAAA a@b", "neither JSON"), ("[]", "JSON object"), ("{}", "no key"),
    (#"{"keys":[]}"#, "no keys"), (#"{"keys":[1]}"#, "JSON object"), (#"{"keys":1}"#, "no keys"),
    (#"{"kty":"oct","k":"AAAA"}"#, "symmetric"), (#"{"kty":"EC","crv":"P-256"}"#, "EC P-256"),
    (#"{"kty":"EC","kty":"EC"}"#, "neither JSON"),
    ("-----BEGIN PUBLIC KEY-----\nAAAA\n", "cannot be read"),
    ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "another kind"),
    ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "no certificate"),
    ("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", "CERTIFICATE REQUEST"),
    (String(repeating: "a", count: 65_537), "too long"),
  ])
  func whatIsNoKeyIsToldFromOne(text: String, problem: String) {
    #expect(failure(text)?.contains(problem) == true, "\(failure(text) ?? "taken")")
  }

  @Test func aKeyThatVerifiesNothingIsRefused() throws {
    let encryption = try Self.jwk(.es256, ["use": "enc"])
    #expect(failure(encryption)?.contains("by its use") == true)
    #expect(try failure(Self.jwk(.es256, ["alg": "HS256"]))?.contains("another algorithm") == true)
    #expect(try failure(Self.jwk(.es256, ["alg": "RS256"]))?.contains("none for its alg") == true)
    #expect(try failure(Self.jwk(.es256, ["use": "sig", "alg": "ES256"])) == nil)
    let zeros = Base64URL.encode([UInt8](repeating: 0, count: 32))
    let noPoint = #"{"kty":"EC","crv":"P-256","x":"\#(zeros)","y":"\#(zeros)"}"#
    #expect(failure(noPoint)?.contains("make no key") == true)
    for keyID in ["", "a\u{0}b", String(repeating: "a", count: 256)] {
      #expect(try failure(Self.jwk(.es256, ["kid": keyID]))?.contains("kid") == true)
    }
    let many = try Self.jwk()
    let set = "{\"keys\":[\([String](repeating: many, count: 21).joined(separator: ","))]}"
    #expect(failure(set) == "a client has at most 20 keys")
    let chain = try Self.certificate() + Self.certificate()
    #expect(failure(chain)?.contains("several certificates") == true)
  }

  @Test(arguments: [
    "https://app.example/jwks.json", "https://app.example:8443/a?b=c", "https://[2001:db8::1]/keys",
  ])
  func whereKeysAreIsTaken(text: String) throws {
    #expect(try KeySetURL(text).text == text)
  }

  @Test(arguments: [
    "", "app.example/jwks", "http://app.example/jwks", "http://127.0.0.1/jwks", "file:///etc/passwd",
    "https://", "https:///jwks", "https://a:b@app.example/jwks", "https://a@app.example/jwks",
    "https://app.example/jwks#a", "https://app.example/\u{0}", "https://app.example/a b",
    "https://äpp.example",
    "https://app.example/" + String(repeating: "a", count: 2000),
  ])
  func whereKeysCannotBeIsRefused(text: String) {
    do throws(AdministrationError) {
      _ = try KeySetURL(text)
      Issue.record("\(text) was taken")
    } catch {
      guard case .invalid(.keySetURL, let message) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(message.hasPrefix("jwks_uri ") && !message.contains("a:b@"))
    }
  }

  /// A registration of a client with keys.
  private func registration(
    _ change: (inout ClientKeyChange) throws -> Void
  ) throws -> ClientRegistration {
    var registration = ClientRegistration(
      name: try DisplayName("app", of: .name),
      scopes: try [Scope](names: ["item"], of: .scopes)
    )
    try change(&registration.keys)
    return registration
  }

  @Test func aClientWithKeysNeedsNoSecretAndGetsOneWhenAsked() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      let made = try await administration.registerClient(registration { $0.keys = try Self.keys(2) })
      #expect(made.secret == nil && made.client.secrets.isEmpty)
      #expect(made.client.keyMetadata.keys.map(\.name) == ["key 0", "key 1"])
      #expect(try await server.store.client(made.client.id) == made.client)
      var asked = try registration { $0.keySetURL = .some(try KeySetURL("https://app.example/jwks")) }
      asked.name = try DisplayName("other", of: .name)
      asked.wantsSecret = true
      let both = try await administration.registerClient(asked)
      #expect(both.secret != nil && both.client.keyMetadata.keySetURL == "https://app.example/jwks")
      var bySecret = try registration { $0.certificates = [NewClientKey](try Self.certificateKeys()) }
      bySecret.name = try DisplayName("third", of: .name)
      bySecret.authenticationMethod = .clientSecretBasic
      #expect(try await administration.registerClient(bySecret).secret != nil, "it authenticates by one")
      var isPublic = try registration { $0.keys = try Self.keys() }
      isPublic.authenticationMethod = ClientAuthenticationMethod.none
      let refused = isPublic
      await #expect(throws: AdministrationError.self) { try await administration.registerClient(refused) }
    }
  }

  private static func certificateKeys() throws -> [NewClientKey] {
    try PublicKeyDocument(certificate: try certificate()).newKeys()
  }

  @Test func keysAreAddedListedAndRemovedWithARecordOfEach() async throws {
    try await TestServer.run { server in
      let (administration, id) = (server.administration, try await server.makeClient().id)
      let added = try await administration.addKeys(try Self.keys(2), to: id)
      #expect(added.map(\.name) == ["key 0", "key 1"])
      let record = try await server.store.auditRecords(before: nil, subject: nil, limit: 1)[0]
      #expect(record.event.action == .clientKeyAdded && record.event.details["key"] == "key 0, key 1")
      let client = try await administration.client(id.rawValue)
      #expect(try await administration.keys(of: client).map(\.key) == added)
      try await administration.removeKey(named: "KEY 0", of: id, revokingTokens: true)
      let left = try await administration.client(id.rawValue)
      #expect(left.keyMetadata.keys.map(\.name) == ["key 1"])
      #expect(left.tokensNotBefore != nil && client.tokensNotBefore == nil)
      await #expect(throws: AdministrationError.notFound(.key, "client \(id) has no key named 'key 0'")) {
        try await administration.removeKey(named: "key 0", of: id)
      }
      #expect(left.version == client.version + 1)
    }
  }

  @Test func namesAreSharedWithSecretsAndNoKeyIsThereTwice() async throws {
    try await TestServer.run { server in
      let (administration, id) = (server.administration, try await server.makeClient().id)
      let key = try Self.keys()[0]
      _ = try await administration.addKey(key, to: id)
      func refused(_ key: NewClientKey) async -> String? {
        do throws(AdministrationError) {
          _ = try await administration.addKey(key, to: id)
          return nil
        } catch {
          return error.description
        }
      }
      let same = NewClientKey(key.material, named: try DisplayName("other", of: .keyName))
      #expect(await refused(same) == "client \(id) has this key already, named 'key 0'")
      let other = try #require(SigningAlgorithm.es256.generate(.system))
      for name in ["KEY 0", "default"] {
        let named = NewClientKey(
          .key(JWK(other.publicMaterial, for: .es256)),
          named: try DisplayName(name, of: .keyName)
        )
        #expect(await refused(named)?.contains("already has a") == true)
      }
      let name = try DisplayName("Key 0", of: .secretName)
      await #expect(throws: AdministrationError.conflict("client \(id) already has a key named 'key 0'")) {
        try await administration.addSecret(to: id, named: name)
      }
      let unchanged = try await administration.client(id.rawValue)
      #expect(unchanged.keyMetadata.keys.count == 1 && unchanged.secrets.count == 1)
    }
  }

  @Test func aClientHasTwentyKeysAndAllOrNoneAreAdded() async throws {
    try await TestServer.run { server in
      let (administration, id) = (server.administration, try await server.makeClient().id)
      _ = try await administration.addKeys(try Self.keys(19), to: id)
      let more = try ["a", "b"].map { name in
        let pair = try #require(SigningAlgorithm.es256.generate(.system))
        return NewClientKey(
          .key(JWK(pair.publicMaterial, for: .es256)),
          named: try DisplayName(name, of: .keyName)
        )
      }
      await #expect(throws: AdministrationError.self) { try await administration.addKeys(more, to: id) }
      #expect(try await administration.client(id.rawValue).keyMetadata.keys.count == 19)
      _ = try await administration.addKeys([more[0]], to: id)
      await #expect(throws: AdministrationError.self) { try await administration.addKeys([more[1]], to: id) }
    }
  }

  @Test func aCertificateWorksNotLongerThanItSays() async throws {
    try await TestServer.run { server in
      let (administration, id) = (server.administration, try await server.makeClient().id)
      let now = server.clocks.wall.now
      func add(_ pem: String, days: Int? = nil) async throws -> ClientKey {
        let lifetime = try days.map { try SecretLifetime(days: $0, of: .keyExpiry) }
        let new = try PublicKeyDocument(certificate: pem).newKeys(lifetime: lifetime)[0]
        return try await administration.addKey(new, to: id)
      }
      for days in [nil, 1000] {
        let pem = try Self.certificate()
        let details = try #require(CertificateDetails(der: TestCertificate.der(pem)))
        #expect(try await add(pem, days: days).expiresAt == details.notAfter)
      }
      #expect(try await add(Self.certificate(), days: 1).expiresAt == now.advanced(bySeconds: 86_400))
      let expired = try Self.certificate(days: -0.001)
      await #expect(throws: AdministrationError.self) { try await add(expired) }
    }
  }

  @Test func keysAreReplacedKeptAndTakenAwayByKind() async throws {
    try await TestServer.run { server in
      let (administration, id) = (server.administration, try await server.makeClient().id)
      func update(_ change: (inout ClientKeyChange) throws -> Void) async throws -> Client {
        var update = ClientUpdate()
        try change(&update.keys)
        return try await administration.updateClient(id, update)
      }
      let keys = try Self.keys(3)
      let before = try await update {
        $0.keys = Array(keys[..<2])
        $0.certificates = try Self.certificateKeys()
        $0.isDPoPBound = true
      }
      server.clocks.advance(seconds: 10)
      let after = try await update { $0.keys = Array(keys[1...]) }
      let known = before.keyMetadata.keys
      #expect(after.keyMetadata.keys.prefix(2) == [known[1], known[2]], "what is there keeps its time")
      #expect(after.keyMetadata.keys.last?.name == "key 2" && after.keyMetadata.isDPoPBound)
      let url = try KeySetURL("https://app.example/jwks")
      await #expect(throws: AdministrationError.self) { try await update { $0.keySetURL = .some(url) } }
      let moved = try await update {
        $0.keys = []
        $0.keySetURL = .some(url)
        $0.isDPoPBound = false
        $0.isCertificateBound = true
      }
      #expect(moved.keyMetadata.keys.map(\.material.isCertificate) == [true])
      #expect(moved.keyMetadata.keySetURL == url.text && !moved.keyMetadata.isDPoPBound)
      await #expect(throws: AdministrationError.self) { try await administration.addKeys(keys, to: id) }
      let bare = try await update {
        $0.certificates = []
        $0.keySetURL = .some(nil)
        $0.isCertificateBound = false
      }
      #expect(bare.keyMetadata == ClientKeyMetadata())
      let record = try await server.store.auditRecords(before: nil, subject: nil, limit: 1)[0]
      #expect(record.event.details["jwks_uri"] == "" && record.differences["key_metadata"] != nil)
    }
  }

  @Test func aMethodIsChangedButNoClientBecomesPublic() async throws {
    try await TestServer.run { server in
      let (administration, id) = (server.administration, try await server.makeClient().id)
      var update = ClientUpdate()
      update.authenticationMethod = .some(.clientSecretBasic)
      #expect(try await administration.updateClient(id, update).authenticationMethod == .clientSecretBasic)
      update.authenticationMethod = .some(nil)
      #expect(try await administration.updateClient(id, update).authenticationMethod == nil)
      update.authenticationMethod = .some(ClientAuthenticationMethod.none)
      let last = update
      await #expect(throws: AdministrationError.self) { try await administration.updateClient(id, last) }
    }
  }

  @Test func usesOfKeysAreKeptAsThoseOfSecretsAre() async throws {
    try await TestServer.run { server in
      let (administration, id) = (server.administration, try await server.makeClient().id)
      _ = try await administration.addKeys(try Self.keys(2), to: id)
      let stored = try #require(try await server.store.client(id))
      let cached = CachedClient(stored)
      let now = server.clocks.wall.now
      for name in ["key 1", "key 1", "default", "nobody's"] {
        server.replica.noteUse(of: name, of: cached, from: .unknown, at: now)
      }
      try await server.replica.recordSecretUses()
      #expect(try await administration.keys(of: stored).map { $0.use?.count } == [nil, 2])
      #expect(try await administration.secrets(of: stored).map { $0.use?.count } == [1])
      try await administration.removeKey(named: "key 1", of: id)
      #expect(try await server.store.secretUses(of: id).map(\.secret) == ["default"])
    }
  }

  @Test func aClientWithKeysOnlyIsNotToldThatItHasNoSecret() async throws {
    try await TestServer.run { server in
      let made = try await server.administration.registerClient(registration { $0.keys = try Self.keys() })
      let request = ExplainedRequest(scopes: try [Scope](names: ["item"], of: .scopes), resources: [])
      func explain(_ client: Client) async throws -> Explanation {
        try await server.administration.explain(request, of: client, settings: Replica.Settings())
      }
      let explanation = try await explain(made.client)
      #expect(!explanation.steps.contains { $0.isRefused }, "\(explanation.steps)")
      guard case .granted = explanation.answer else {
        Issue.record("it would get a token")
        return
      }
      #expect(explanation.steps.contains { $0.subject == .secret && $0.finding.contains("key 'key 0'") })
      // Registered for a secret, it has none.
      var update = ClientUpdate()
      update.authenticationMethod = .some(.clientSecretBasic)
      let bySecret = try await explain(try await server.administration.updateClient(made.client.id, update))
      #expect(bySecret.steps.first(where: \.isRefused)?.subject == .secret)
      try await server.administration.removeKey(named: "key 0", of: made.client.id)
      update.authenticationMethod = .some(nil)
      let bare = try await explain(try await server.administration.updateClient(made.client.id, update))
      #expect(bare.steps.first(where: \.isRefused)?.finding == "it has no secret")
    }
  }
}
