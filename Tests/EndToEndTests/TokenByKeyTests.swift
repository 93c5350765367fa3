import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// `tessera token issue --key`: what `tessera key generate --client` has written gets a token.
@Suite struct TokenByKeyTests {
  private static let create = ["client", "create", "--name", "app", "--scope", "item", "--format", "json"]

  @Test(
    arguments: [
      ("ES256", "pem"), ("ES384", "jwk"), ("PS256", "pem"), ("RS256", "jwk"), ("EdDSA", "jwk"),
      ("ML-DSA-65", "pem"),
    ]
  )
  func aGeneratedKeyGetsAToken(algorithm: String, form: String) async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let created = try await TesseraProcess.run(TokenByKeyTests.create, in: server.folder)
    let clientID = try #require(created.member("client_id"))
    let key = server.folder.url("key").path
    for (name, file) in [("one", key), ("two", server.folder.url("two").path)] {
      let made = try await server.tessera(
        "key",
        "generate",
        "--client",
        "app",
        "--algorithm",
        algorithm,
        "--as",
        form,
        "--name",
        name,
        "--out",
        file
      )
      #expect(made.status == 0, "\(made.errors)")
    }
    let pinned = try await server.tessera(
      "client",
      "update",
      "app",
      "--authentication-method",
      "private_key_jwt"
    )
    #expect(pinned.status == 0, "\(pinned.errors)")
    let arguments = ["token", "issue", "--client-id", clientID, "--scope", "item", "--key", key]
    // A change counts within a second or so.
    try await wait {
      try await TesseraProcess.run(arguments, in: server.folder).status == 0
    }
    let issued = try await TesseraProcess.run(arguments + ["--output", "json"], in: server.folder)
    #expect(issued.status == 0, "\(issued.errors)")
    #expect(issued.errors.isEmpty)
    let other = ["--audience", "https://other.example"]
    let refused = try await TesseraProcess.run(arguments + other, in: server.folder)
    #expect(refused.status == 3, "an assertion for another server: \(refused.errors)")
    try await server.stop()
  }

  @Test func whatIsNoKeyIsSaidSo() async throws {
    let folder = try TemporaryFolder()
    func issue(_ text: String, _ more: String...) async throws -> TesseraProcess.Outcome {
      try Data(text.utf8).write(to: folder.url("key"))
      return try await TesseraProcess.run(
        [
          "token", "issue", "--url", "http://127.0.0.1:1", "--client-id", "app", "--scope", "item", "--key",
          folder.url("key").path,
        ] + more,
        in: folder
      )
    }
    for (text, problem) in [
      ("hush", "it is neither PEM nor a JWK"), ("", "is empty"),
      (#"{"kty":"EC","crv":"P-256","x":"hush","y":"hush"}"#, "the private half is needed"),
      (#"{"kty":"oct","k":"hush"}"#, "is symmetric"),
    ] {
      let outcome = try await issue(text)
      #expect(outcome.status == 2 && outcome.errors.contains(problem), "\(outcome.errors)")
      #expect(!outcome.errors.contains("hush"))
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
    let both = try await issue("hush", "--client-secret-file", "-")
    #expect(both.status == 2 && both.errors.contains("not both"))
  }
}
