import TesseraCore
import TesseraJOSE
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// What clients insist on in metadata before they ask for a token.
@Suite struct DiscoveryTests {
  private static let documents = [
    "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
  ]

  @Test("W15 the members that OpenID Connect Discovery requires are there and true", arguments: documents)
  func required(path: String) async throws {
    try await TestServer.run { server async throws in
      let metadata = try await server.get(path).json
      #expect(metadata["issuer"] as? String == TestServer.issuer)
      #expect(metadata["authorization_endpoint"] as? String == TestServer.issuer + "/oauth2/authorize")
      #expect(metadata["token_endpoint"] as? String == TestServer.issuer + "/oauth2/token")
      #expect(metadata["jwks_uri"] as? String == TestServer.issuer + "/.well-known/jwks.json")
      #expect(metadata["response_types_supported"] as? [String] == ["none"])
      #expect(metadata["subject_types_supported"] as? [String] == ["public"])
      #expect(metadata["id_token_signing_alg_values_supported"] as? [String] == ["ES256"])
    }
  }

  @Test("W15 the algorithms are those of the keys at jwks_uri", arguments: documents)
  func algorithms(path: String) async throws {
    try await TestServer.run { server async throws in
      for algorithm in SigningAlgorithm.ofTokens {
        _ = try await server.administration.createResource(
          "urn:\(algorithm)",
          description: "X",
          signingAlgorithm: algorithm
        )
      }
      await #expect(throws: AdministrationError.self) {
        // For clients only.
        try await server.administration.createResource("urn:x", description: "X", signingAlgorithm: .es384)
      }
      try await server.replica.catchUp()
      let named = try await server.get(path).json["id_token_signing_alg_values_supported"] as? [String]
      let keys = try await server.get("/.well-known/jwks.json").json["keys"] as? [[String: Any]]
      #expect(named == ["ES256", "RS256", "PS256", "EdDSA"])
      #expect(Set(named ?? []) == Set(keys?.compactMap { $0["alg"] as? String } ?? []))
    }
  }

  @Test("W9 keys of type AKP are in a set of their own, and no others are")
  func postQuantumKeys() async throws {
    try await TestServer.run { server async throws in
      let path = try #require(
        try await server.get(DiscoveryTests.documents[0]).member("jwks_pq_uri")
      ).replacing(TestServer.issuer, with: "")
      #expect(path == "/.well-known/jwks-pq.json")
      #expect(try await server.get(path).text == #"{"keys":[]}"#)
      let before = try await server.get("/.well-known/jwks.json").text
      _ = try await server.administration.createResource(
        "urn:pq",
        description: "X",
        signingAlgorithm: .mlDSA65
      )
      try await server.replica.catchUp()
      #expect(try await server.get("/.well-known/jwks.json").text == before)
      let keys = try await server.get(path).json["keys"] as? [[String: Any]]
      #expect(keys?.map { $0["kty"] as? String } == ["AKP"])
      #expect(keys?.map { $0["alg"] as? String } == ["ML-DSA-65"])
      #expect(keys?.allSatisfy { $0["priv"] == nil } == true)
    }
  }
}
