import Crypto
import Foundation
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// Keys of clients by the command line.
@Suite struct ClientKeyCommandTests {
  private static let create = ["client", "create", "--name", "app", "--scope", "item"]

  private func write(_ text: String, _ name: String, in folder: TemporaryFolder) throws -> String {
    let url = folder.url(name)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  private func publicKey() -> String { P256.Signing.PrivateKey().publicKey.pemRepresentation }

  private func json(_ outcome: TesseraProcess.Outcome) throws -> [[String: Any]] {
    try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
  }

  @Test func aClientHasKeysAndNoSecretAndTheyAreShown() async throws {
    let folder = try await TemporaryFolder.withData()
    func tessera(_ arguments: [String]) async throws -> TesseraProcess.Outcome {
      try await TesseraProcess.run(arguments, in: folder)
    }
    let key = try write(publicKey(), "key.pem", in: folder)
    let certificate = try write(TestAuthority().issue(name: "app").chain[0], "app.pem", in: folder)
    let made = try await tessera(
      Self.create + ["--jwks", key, "--certificate", certificate, "--dpop-bound", "--certificate-bound"]
    )
    #expect(made.status == 0 && !made.output.contains("client secret"), "\(made.errors)")
    let shown = try await tessera(["client", "show", "app"]).output
    for text in ["ES256", "CN=app", "bound tokens", "DPoP and TLS certificate"] {
      #expect(shown.contains(text), "\(shown)")
    }
    #expect(!shown.contains("no secrets"))
    let list = try await tessera(["client", "key", "list", "app"]).output
    #expect(list.contains("LAST USED") && list.split(separator: "\n").count == 3 && list.contains("safe"))
    let exported = try await tessera(["export"]).output
    #expect(exported.contains("    keys:\n") && exported.contains("dpop_bound_access_tokens: true"))
    let file = try write(exported, "apps.yaml", in: folder)
    #expect(try await tessera(["plan", "--file", file]).output.contains("No changes"))

    let update = ["client", "update", "app"]
    let moved = try await tessera(
      update + ["--no-jwks", "--jwks-uri", "https://app.example/jwks", "--no-dpop-bound", "--no-certificate"]
    )
    #expect(moved.status == 0 && moved.output.contains("https://app.example/jwks"), "\(moved.errors)")
    #expect(!moved.output.contains("DPoP") && !moved.output.contains("CN=app"))
    let back = try await tessera(update + ["--no-jwks-uri", "--no-certificate-bound"])
    #expect(back.status == 0 && !back.output.contains("app.example"))
    #expect(try await tessera(update + ["--authentication-method", "client_secret_basic"]).status == 0)
    let any = try await tessera(update + ["--any-authentication-method"])
    #expect(any.status == 0 && any.output.contains("client_secret_basic or client_secret_post"))
  }

  @Test func keysAreAddedListedAndRemoved() async throws {
    let folder = try await TemporaryFolder.withData()
    func tessera(_ arguments: String..., input: String = "") async throws -> TesseraProcess.Outcome {
      try await TesseraProcess.run(arguments, in: folder, input: input)
    }
    #expect(try await TesseraProcess.run(Self.create, in: folder).status == 0)
    let added = try await tessera(
      "client",
      "key",
      "add",
      "app",
      "--jwks",
      "-",
      "--name",
      "laptop",
      "--expires-in",
      "30",
      input: publicKey()
    )
    #expect(added.status == 0 && added.output.contains("laptop"), "\(added.errors)")
    let listed = try await json(tessera("client", "key", "list", "app", "--format", "json"))
    #expect(listed.map { $0["name"] as? String } == ["laptop"] && listed[0]["in_use"] as? Bool == false)
    #expect((listed[0]["jwk"] as? [String: String])?["kty"] == "EC")
    let unsure = try await tessera("client", "key", "remove", "app", "laptop")
    #expect(unsure.status == 2 && unsure.errors.contains("--yes"))
    let removed = try await tessera("client", "key", "remove", "app", "laptop", "--yes")
    #expect(removed.status == 0 && removed.output.hasPrefix("Removed key 'laptop'"), "\(removed.errors)")
    #expect(try await tessera("client", "key", "remove", "app", "laptop", "--yes").status == 4)
    #expect(try await tessera("client", "key", "list", "app").output == "no keys\n")
    let audit = try await tessera("audit", "list", "--subject", "app").output
    #expect(audit.contains("client.key.added") && audit.contains("client.key.removed"))
  }

  @Test(arguments: SigningAlgorithm.all.map(\.name), ["pem", "jwk"])
  func aPairIsMadeAndItsPrivateHalfIsWrittenOnce(algorithm: String, form: String) async throws {
    let folder = try await TemporaryFolder.withData()
    #expect(try await TesseraProcess.run(Self.create, in: folder).status == 0)
    let out = folder.url("private").path
    let generate = [
      "key", "generate", "--client", "app", "--algorithm", algorithm, "--as", form, "--out", out,
      "--format",
      "json",
    ]
    let made = try await TesseraProcess.run(generate, in: folder)
    #expect(made.status == 0, "\(made.errors)")
    let text = try String(contentsOfFile: out, encoding: .utf8)
    let attributes = try FileManager.default.attributesOfItem(atPath: out)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let key = try #require(made.json["key"] as? [String: Any])
    let jwk = try #require(key["jwk"] as? [String: String])
    #expect(jwk["alg"] == algorithm && Set(jwk.keys).isDisjoint(with: JWK.privateMemberNames))
    #expect(made.json["private_key"] == nil && made.json["private_key_file"] as? String == out)
    if form == "jwk" {
      let whole = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String]
      #expect(whole?["kid"] == jwk["kid"] && whole?["kty"] == jwk["kty"])
      #expect(whole.map { !Set($0.keys).isDisjoint(with: JWK.privateMemberNames) } == true)
    } else {
      #expect(
        text.hasPrefix("-----BEGIN PRIVATE KEY-----\n") && text.hasSuffix("-----END PRIVATE KEY-----\n")
      )
      if algorithm == "ES256" {
        let point = Array(try P256.Signing.PrivateKey(pemRepresentation: text).publicKey.rawRepresentation)
        #expect(jwk["x"] == Base64URL.encode(point[..<32]))
      }
    }
    // The file may be the only copy of another key.
    let again = try await TesseraProcess.run(generate, in: folder)
    #expect(again.status == 5 && again.output.isEmpty, "\(again.errors)")
    #expect(try String(contentsOfFile: out, encoding: .utf8) == text)
    let list = try await TesseraProcess.run(["client", "key", "list", "app", "--format", "json"], in: folder)
    #expect(try json(list).count == 1)
  }

  @Test func aPrivateHalfIsPrintedWhereNoFileIsNamedAndNoneIsLeftWhereNothingIsRegistered() async throws {
    let folder = try await TemporaryFolder.withData()
    #expect(try await TesseraProcess.run(Self.create, in: folder).status == 0)
    let generate = ["key", "generate", "--client"]
    let made = try await TesseraProcess.run(generate + ["app", "--name", "laptop"], in: folder)
    #expect(made.status == 0 && made.output.contains("BEGIN PRIVATE KEY"), "\(made.errors)")
    #expect(made.output.contains("shown only once"))
    let out = folder.url("other").path
    let repeated = try await TesseraProcess.run(
      generate + ["app", "--name", "laptop", "--out", out],
      in: folder
    )
    #expect(repeated.status == 5 && !FileManager.default.fileExists(atPath: out), "\(repeated.errors)")
    let nobody = try await TesseraProcess.run(generate + ["nobody", "--out", out], in: folder)
    #expect(nobody.status == 4 && !FileManager.default.fileExists(atPath: out))
    let nowhere = folder.url("none/key").path
    let refused = try await TesseraProcess.run(generate + ["app", "--out", nowhere], in: folder)
    #expect(refused.status == 1 && refused.errors.contains("cannot create"), "\(refused.errors)")
    let keys = try await TesseraProcess.run(["client", "key", "list", "app", "--format", "json"], in: folder)
    #expect(try json(keys).map { $0["name"] as? String } == ["laptop"])
  }

  /// Options that are refused, with what the message says; a name of a file stands for it.
  private static let refused: [(options: [String], problem: String)] = [
    (["--jwks", "private.pem"], "this is a private key; give the public half"),
    (["--jwks", "private.jwk"], "this is a private key; give the public half"),
    (["--jwks", "garbage"], "neither JSON"), (["--jwks", "app.pem"], "a certificate, not a public key"),
    (["--jwks", "nothing.pem"], "cannot read"), (["--jwks", "empty"], "is empty"),
    (["--jwks", "weak.jwk"], "1024 bits is too weak"),
    (["--certificate", "public.pem"], "not a certificate"),
    (["--certificate", "expired.pem"], "has expired"), (["--certificate", "private.pem"], "private key"),
    (["--jwks", "public.pem", "--jwks-uri", "https://app.example/jwks"], "cannot be used with --jwks-uri"),
    (["--jwks", "public.pem", "--jwks", "public.pem"], "has this key already"),
    (["--jwks-uri", "http://app.example/jwks"], "https://"), (["--jwks-uri", "app.example"], "a URL"),
    (["--jwks-uri", "https://a:b@app.example"], "user name"),
    (["--jwks-uri", "https://app.example/#a"], "#"),
    (["--jwks", "public.pem", "--authentication-method", "none"], "public"),
    (["--authentication-method", "none", "--with-secret"], "no secret"),
  ]

  @Test func badKeysAreRefusedAndRegisterNothing() async throws {
    let folder = try await TemporaryFolder.withData()
    let authority = try TestAuthority()
    let pair = try #require(SigningAlgorithm.edDSA.generate(.system))
    let whole = (JWK(pair.publicMaterial, for: .edDSA).members + pair.privateMembers).map {
      JSONValue.Member($0.name, .string($0.value))
    }
    let modulus = Base64URL.encode([UInt8](repeating: 0xFF, count: 128))
    for (name, text) in [
      ("private.pem", P256.Signing.PrivateKey().pemRepresentation),
      ("private.jwk", JSONValue.object(whole).text()), ("garbage", "garbage"), ("empty", ""),
      ("public.pem", publicKey()), ("app.pem", try authority.issue().chain[0]),
      ("expired.pem", try authority.issue(to: -60).chain[0]),
      ("weak.jwk", #"{"kty":"RSA","e":"AQAB","n":"\#(modulus)"}"#),
    ] { _ = try write(text, name, in: folder) }
    for (options, problem) in Self.refused {
      let outcome = try await TesseraProcess.run(Self.create + options, in: folder)
      #expect(outcome.status != 0 && outcome.output.isEmpty, "\(options): \(outcome.output)")
      #expect(outcome.errors.contains(problem), "\(options): \(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      #expect(!pair.privateMembers.contains { outcome.errors.contains($0.value) })
    }
    #expect(try await TesseraProcess.run(["client", "list"], in: folder).output == "no clients\n")
    #expect(try await TesseraProcess.run(Self.create, in: folder).status == 0)
    for options in [
      ["--jwks", "public.pem", "--name", "default"], ["--jwks", "public.pem", "--expires-in", "0"], [],
      ["--jwks", "public.pem", "--certificate", "app.pem"],
    ] {
      let outcome = try await TesseraProcess.run(["client", "key", "add", "app"] + options, in: folder)
      #expect(outcome.status != 0 && !outcome.errors.isEmpty, "\(options)")
    }
    for name in ["jwks", "certificate", "jwks-uri"] {
      let value = name == "jwks-uri" ? "https://app.example" : name == "jwks" ? "public.pem" : "app.pem"
      let both = ["client", "update", "app", "--\(name)", value, "--no-\(name)"]
      #expect(try await TesseraProcess.run(both, in: folder).status == 2)
    }
    let show = ["client", "show", "app", "--format", "json"]
    #expect(try await TesseraProcess.run(show, in: folder).json["version"] as? Int == 1)
  }
}
