import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// Metadata (RFC 8414) and key set (RFC 7517).
@Suite struct MetadataTests {
  private static let wellKnown = "/.well-known/oauth-authorization-server"
  private static let keySet = "/.well-known/jwks.json"

  private static func options(issuer: String) -> TestServer.Options {
    var options = TestServer.Options()
    options.issuer = issuer
    return options
  }

  @Test(
    "W1 metadata and key set are read by GET and HEAD, as JSON",
    arguments: [wellKnown, "/.well-known/openid-configuration", keySet, "/.well-known/jwks-pq.json"]
  )
  func read(path: String) async throws {
    try await TestServer.run { server async throws in
      let response = try await server.get(path)
      #expect(response.status == 200)
      #expect(response.header("content-type") == "application/json")
      #expect(!response.json.isEmpty)
      for (method, status) in [("HEAD", 200), ("POST", 405), ("PUT", 405), ("OPTIONS", 405)] {
        var request = TestRequest()
        request.method = method
        request.target = path
        let answer = try await server.send(request)
        #expect(answer.status == status, "\(method)")
        #expect(answer.header("allow") == (status == 405 ? "GET, HEAD" : nil))
      }
    }
  }

  @Test(
    "W3 the issuer is the configured one to the letter",
    arguments: ["https://a.example", "https://a.example/t/1"]
  )
  func issuer(issuer: String) async throws {
    try await TestServer.run(MetadataTests.options(issuer: issuer)) { server async throws in
      let path = issuer.replacing("https://a.example", with: "")
      let response = try await server.get(MetadataTests.wellKnown + path)
      #expect(response.member("issuer") == issuer)
      #expect(response.member("token_endpoint") == issuer + "/oauth2/token")
      #expect(response.member("jwks_uri") == issuer + MetadataTests.keySet)
    }
  }

  @Test("W4 the well-known part stands before the issuer's path, and nowhere else")
  func issuerPath() async throws {
    try await TestServer.run(MetadataTests.options(issuer: "https://a.example/tenant")) {
      server async throws in
      #expect(try await server.get("/.well-known/oauth-authorization-server/tenant").status == 200)
      #expect(try await server.get("/.well-known/oauth-authorization-server").status == 404)
      #expect(try await server.get("/tenant/.well-known/oauth-authorization-server").status == 404)
      // OpenID Connect Discovery §4 puts it after the path, and tools from there look in both places.
      #expect(try await server.get("/.well-known/openid-configuration/tenant").status == 200)
      #expect(try await server.get("/tenant/.well-known/openid-configuration").status == 200)
      // What it points to is there, whether or not a proxy takes the path away.
      let client = try await server.makeClient()
      for target in ["/tenant/oauth2/token", "/oauth2/token", "/tenant/oauth/token", "/oauth/token"] {
        var request = client.tokenRequest()
        request.target = target
        #expect(try await server.send(request).status == 200, "\(target)")
      }
      #expect(try await server.get("/tenant/.well-known/jwks.json").status == 200)
      #expect(try await server.get("/tenant/nonsense").status == 404)
    }
  }

  @Test("W5 an empty optional array is left out, and no array is empty")
  func emptyArrays() async throws {
    try await TestServer.run { server async throws in
      let members = try await server.get(MetadataTests.wellKnown).json
      for (name, value) in members {
        #expect((value as? [Any])?.isEmpty != true, "\(name)")
      }
      for scope in ["item", "event", "profile", "promotion"] {
        try await server.administration.retireScope(scope)
      }
      try await server.replica.catchUp()
      #expect(try await server.get(MetadataTests.wellKnown).json["scopes_supported"] == nil)
    }
  }

  @Test("W6 signing algorithms are in the key set, one a key, and none is nowhere")
  func algorithms() async throws {
    try await TestServer.run { server async throws in
      _ = try await server.administration.createResource("urn:x", description: "X", signingAlgorithm: .edDSA)
      try await server.replica.catchUp()
      let keys = try await server.get(MetadataTests.keySet)
      let algorithms = (keys.json["keys"] as? [[String: Any]])?.compactMap { $0["alg"] as? String }
      #expect(algorithms == ["ES256", "EdDSA"])
      let metadata = try await server.get(MetadataTests.wellKnown)
      #expect(!keys.text.contains("none"))
      for (name, value) in metadata.json where name.contains("_alg_") || name.contains("auth_method") {
        #expect((value as? [String])?.contains { $0.lowercased() == "none" } == false, "\(name)")
      }
      // What clients sign by, which is more than what tokens are signed by.
      for endpoint in ["token", "introspection", "revocation"] {
        #expect(
          metadata.json["\(endpoint)_endpoint_auth_signing_alg_values_supported"] as? [String]
            == ["ES256", "ES384", "RS256", "PS256", "EdDSA", "ML-DSA-65", "HS256"]
        )
      }
    }
  }

  @Test("W7 what is advertised is what runs")
  func truth() async throws {
    try await TestServer.run(MetadataTests.options(issuer: TestServer.issuer)) { server async throws in
      let metadata = try await server.get(MetadataTests.wellKnown)
      #expect(try await server.get("/.well-known/openid-configuration").text == metadata.text)
      #expect(metadata.json["grant_types_supported"] as? [String] == ["client_credentials"])
      let (client, key) = (try await server.makeClient(), TestSigner(.es256))
      try await server.register([key], of: client)
      let sharing = try await server.makeClient { $0.authenticationMethod = .clientSecretJWT }
      let methods = try #require(metadata.json["token_endpoint_auth_methods_supported"] as? [String])
      for method in methods {
        let target = try #require(metadata.member("token_endpoint")).replacing(TestServer.issuer, with: "")
        var request =
          switch method {
          case "client_secret_basic": client.basicTokenRequest()
          case "client_secret_jwt":
            sharing.tokenRequest(signed: server.assertion(of: sharing).authenticated(by: sharing.secret))
          case "private_key_jwt": client.tokenRequest(signed: server.assertion(of: client).signed(by: key))
          default: client.tokenRequest()
          }
        request.target = target
        #expect(try await server.send(request).status == 200, "\(method)")
      }
      #expect(
        methods == ["client_secret_basic", "client_secret_post", "private_key_jwt", "client_secret_jwt"]
      )
      for (name, value) in metadata.json where name.hasSuffix("_endpoint") || name.hasSuffix("_uri") {
        let path = try #require(value as? String).replacing(TestServer.issuer, with: "")
        #expect(try await server.get(path).status != 404, "\(name)")
      }
      #expect(
        metadata.json["scopes_supported"] as? [String] == ["event", "item", "profile", "promotion"]
      )
      #expect(!metadata.text.contains("/oauth/token\""), "the documented contract is not RFC 6749")
    }
  }

  @Test("W8 Host and X-Forwarded-Host change nothing")
  func host() async throws {
    try await TestServer.run { server async throws in
      for path in [MetadataTests.wellKnown, MetadataTests.keySet] {
        let usual = try await server.get(path).withoutDate
        for headers in [
          [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "http"), ("X-Forwarded-Port", "1")],
          [("Forwarded", "host=evil.example;proto=http")], [("X-Original-URL", "http://evil.example/")],
        ] {
          #expect(try await server.get(path, headers: headers).withoutDate == usual)
        }
        let connection = try await TestConnection(port: server.port)
        await connection.send("GET \(path) HTTP/1.1\r\nHost: evil.example:1\r\n\r\n")
        #expect(try await connection.response()?.withoutDate == usual)
        await connection.send("GET http://evil.example\(path) HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        #expect(try await connection.response()?.withoutDate == usual)
        await connection.close()
      }
    }
  }

  /// Of RFC 7517, RFC 7518 §6.3.2 and §6.4, RFC 8037 §2 and what points elsewhere.
  private static let forbidden = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv", "x5u", "jku", "x5c"]

  @Test("W9 the key set has nothing private in it, W10 unique key IDs, W11 nothing that points elsewhere")
  func keySetMembers() async throws {
    try await TestServer.run { server async throws in
      for algorithm in SigningAlgorithm.ofTokens {
        _ = try await server.administration.createResource(
          "urn:\(algorithm)",
          description: "X",
          signingAlgorithm: algorithm
        )
      }
      try await server.replica.catchUp()
      var keys: [[String: Any]] = []
      for path in [MetadataTests.keySet, "/.well-known/jwks-pq.json"] {
        keys += try #require(try await server.get(path).json["keys"] as? [[String: Any]])
      }
      #expect(keys.count == SigningAlgorithm.ofTokens.count)
      for key in keys { for name in MetadataTests.forbidden { #expect(key[name] == nil, "\(name)") } }
      #expect(Set(keys.compactMap { $0["kid"] as? String }).count == keys.count)
    }
  }

  @Test("W10 every key ID is unique, and that of the key's own thumbprint")
  func keyIDs() async throws {
    try await TestServer.run { server async throws in
      try await server.rotateAll()
      let keys = try #require(JWKSet(try await server.get(MetadataTests.keySet).body)).keys
      #expect(keys.count == 2)
      #expect(Set(keys.map(\.keyID)).count == 2)
      for key in keys { #expect(key.keyID == JWK.thumbprint(of: key.material)) }
    }
  }

  @Test("W11 no key points to another place")
  func noPointers() async throws {
    try await TestServer.run { server async throws in
      let text = try await server.get(MetadataTests.keySet).text
      for name in ["x5u", "jku", "x5c", "http"] { #expect(!text.contains(name)) }
    }
  }

  @Test(
    "W13 ETag and max-age are set, and If-None-Match gets 304",
    arguments: [wellKnown, keySet, "/oauth2/revocations"]
  )
  func caching(path: String) async throws {
    try await TestServer.run { server async throws in
      let response = try await server.get(path)
      let tag = try #require(response.header("etag"))
      #expect(response.header("cache-control")?.hasPrefix("public, max-age=") == true)
      for value in [tag, "W/" + tag, "\"x\", \(tag)", "*"] {
        let connection = try await TestConnection(port: server.port)
        await connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\nIf-None-Match: \(value)\r\n\r\n")
        let known = try #require(try await connection.response())
        #expect(known.status == 304 && known.body.isEmpty, "\(value)")
        #expect(known.header("etag") == tag)
        #expect(known.header("content-length") == nil)
        // The connection goes on.
        await connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"other\"\r\n\r\n")
        #expect(try await connection.response()?.status == 200)
        await connection.close()
      }
    }
  }

  @Test("W13 the ETag changes with the document, and only then")
  func entityTag() async throws {
    try await TestServer.run { server async throws in
      let first = try await server.get(MetadataTests.keySet).header("etag")
      #expect(try await server.get(MetadataTests.keySet).header("etag") == first)
      try await server.rotateAll()
      #expect(try await server.get(MetadataTests.keySet).header("etag") != first)
    }
  }
}

extension TestServer {
  /// Adds a key for every use.
  fileprivate func rotateAll() async throws {
    for use in [KeyUse.sealing, .signing(.es256)] { _ = try await administration.rotateKey(for: use) }
    try await replica.catchUp()
  }
}
