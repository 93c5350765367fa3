import Foundation
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// Platforms that clients trust, by the command line.
@Suite struct ClientTrustCommandTests {
  private static let add = ["client", "trust", "add", "app", "--audience", "https://tessera.example"]

  private func folder() async throws -> TemporaryFolder {
    let folder = try await TemporaryFolder.withData()
    let made = try await TesseraProcess.run(
      [
        "client", "create", "--name", "app", "--scope", "item", "--authentication-method", "private_key_jwt",
      ],
      in: folder
    )
    #expect(made.status == 0 && !made.output.contains("client secret"), "\(made.output) \(made.errors)")
    return folder
  }

  @Test func trustsAreAddedListedExportedAndRemoved() async throws {
    let folder = try await folder()
    func tessera(_ arguments: [String]) async throws -> TesseraProcess.Outcome {
      try await TesseraProcess.run(arguments, in: folder)
    }
    let gitHub = ["--preset", "github-actions", "--repository", "acme/app", "--environment", "production"]
    let made = try await tessera(Self.add + gitHub)
    #expect(made.status == 0, "\(made.errors)")
    for text in ["environment=production, repository=acme/app", "token.actions", "once", "its metadata says"]
    {
      #expect(made.output.contains(text), "\(made.output)")
    }
    let keys = folder.url("cluster.json")
    try Data(JWKSet([TestSigner(.rs256).jwk]).json.utf8).write(to: keys)
    let cluster = try await tessera(
      Self.add + [
        "--preset", "kubernetes", "--issuer", "https://kubernetes.default.svc", "--namespace", "prod",
        "--service-account", "api", "--jwks", keys.path, "--name", "prod",
      ]
    )
    #expect(cluster.status == 0 && cluster.output.contains("given: k1"), "\(cluster.errors)")
    let list = try await tessera(["client", "trust", "list", "app"]).output
    #expect(
      list.split(separator: "\n").count == 3 && list.contains("system:serviceaccount:prod:api"),
      "\(list)"
    )
    #expect(try await tessera(["client", "show", "app"]).output.contains("github-actions (https://token"))

    let exported = try await tessera(["export"]).output
    #expect(exported.contains("    trusts:\n"), "\(exported)")
    let file = folder.url("apps.yaml")
    try Data(exported.utf8).write(to: file)
    #expect(try await tessera(["plan", "--file", file.path]).output.contains("No changes"))

    let remove = ["client", "trust", "remove", "app", "prod"]
    #expect(try await tessera(remove).errors.contains("--yes"))
    let removed = try await tessera(remove + ["--yes"])
    #expect(removed.status == 0 && removed.output.hasPrefix("Removed trust 'prod'"), "\(removed.errors)")
    #expect(try await tessera(remove + ["--yes"]).status == 4)
    let audit = try await tessera(["audit", "list", "--subject", "app"]).output
    #expect(audit.contains("client.trust.added") && audit.contains("client.trust.removed"))
  }

  @Test func whatIsMissingIsSaid() async throws {
    let folder = try await folder()
    let cases: [(arguments: [String], problem: String)] = [
      (["--preset", "github-actions"], "say whose repository, by --repository OWNER/NAME"),
      (["--preset", "github-actions", "--repository", "*/app"], "without a wildcard for the owner"),
      (["--preset", "gitlab", "--claim", "ref=main"], "say whose project"),
      (["--preset", "kubernetes", "--namespace", "prod"], "the issuer is missing: 'kubectl get --raw"),
      (["--preset", "kubernetes", "--service-account", "api"], "give --namespace too"),
      (["--preset", "generic", "--issuer", "https://a.example", "--claim", "sub"], "--claim is NAME=VALUE"),
      (["--preset", "generic", "--issuer", "https://a.example", "--claim", "sub=*"], "a wildcard alone"),
      (
        ["--preset", "gitlab", "--project-path", "a/b", "--claim", "ref=x", "--claim", "ref=y"], "'ref' twice"
      ),
      (
        ["--preset", "gitlab", "--project-path", "a/b", "--jwks", "a", "--jwks-uri", "b"],
        "--jwks cannot be used"
      ),
    ]
    for (arguments, problem) in cases {
      let refused = try await TesseraProcess.run(Self.add + arguments, in: folder)
      #expect(refused.status != 0 && refused.output.isEmpty, "\(arguments)")
      #expect(refused.errors.contains(problem), "\(arguments): \(refused.errors)")
    }
    let noAudience = ["client", "trust", "add", "app", "--preset", "gitlab", "--project-path", "a/b"]
    #expect(try await TesseraProcess.run(noAudience, in: folder).errors.contains("1 to 8 audiences"))
  }
}
