import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What clients may trust, and what they may not.
@Suite struct ClientTrustTests {
  private func draft(_ preset: TrustPreset, _ claims: [String: String], issuer: String? = nil) -> TrustDraft {
    var draft = TrustDraft(preset)
    draft.audiences = ["https://tessera.example"]
    draft.claims = claims
    draft.issuer = issuer ?? preset.usualIssuer ?? "https://issuer.example"
    return draft
  }

  /// What is said of a refusal; nil for none.
  private func problem(_ draft: TrustDraft) -> String? {
    do throws(AdministrationError) {
      _ = try NewClientTrust(draft)
      return nil
    } catch {
      return error.description
    }
  }

  /// Conditions that let everybody on a platform in, and their twins that do not.
  private static let conditions: [(TrustPreset, refused: [[String: String]], taken: [[String: String]])] = [
    (
      .githubActions,
      [
        [:], ["repository": "*/*"], ["repository": "*/app"], ["repository_owner": "*"], ["repository": "*"],
        ["environment": "production"], ["ref": "refs/heads/main"],
        ["sub": "repo:*/app:environment:production"],
        ["sub": "*"], ["sub": "environment:production:x"], ["actor": "octocat"],
        ["job_workflow_ref": "acme/app/.github/workflows/a.yml@refs/heads/main"],
        ["repository_visibility": "private", "environment": "production"],
      ],
      [
        ["repository": "acme/app"], ["repository": "acme/*"], ["repository_owner": "acme"],
        ["repository_id": "74"], ["sub": "repo:acme/*:environment:production"],
        ["repository_owner_id": "65", "environment": "*"],
      ]
    ),
    (
      .gitlab,
      [
        [:], ["project_path": "*/app"], ["ref": "main"], ["namespace_path": "*"],
        ["sub": "project_path:*/app:ref_type:branch:ref:main"], ["ref_protected": "true"],
        ["user_login": "root"],
      ],
      [
        ["project_path": "acme/app"], ["namespace_path": "acme"], ["project_id": "20"],
        ["sub": "project_path:acme/*:ref_type:branch:ref:main"],
      ]
    ),
    (
      .kubernetes,
      [
        [:], ["sub": "system:serviceaccount:*:api"], ["sub": "*"], ["sub": "system:serviceaccount"],
        ["/kubernetes.io/namespace": "*"], ["/kubernetes.io/serviceaccount/name": "api"],
      ],
      [
        ["sub": "system:serviceaccount:prod:api"], ["sub": "system:serviceaccount:prod:*"],
        ["/kubernetes.io/namespace": "prod", "/kubernetes.io/serviceaccount/name": "*"],
      ]
    ),
    (
      .spiffe,
      [
        [:], ["sub": "spiffe://example.org/*"], ["sub": "spiffe://*/ns/prod"],
        ["sub": "spiffe://example.org"],
        ["sub": "spiffe://example.org/*/prod"], ["sub": "https://example.org/ns"], ["env": "prod"],
      ],
      [["sub": "spiffe://example.org/ns/*/sa/api"], ["sub": "spiffe://example.org/api"]]
    ),
    (
      .google, [[:], ["email_verified": "true"], ["azp": "x"], ["email": "*"]],
      [["email": "a@b.iam.gserviceaccount.com"], ["sub": "1234"]]
    ),
    (
      .aws, [[:], ["sub": "arn:aws:iam::*:role/job"], ["sub": "*"], ["sub": "arn:aws:iam"]],
      [
        ["sub": "arn:aws:iam::123456789012:role/job"], ["sub": "arn:aws:iam::123456789012:role/*"],
        ["/https:~1~1sts.amazonaws.com~1/aws_account": "123456789012"],
      ]
    ),
    (
      .azure, [[:], ["tid": "x"], ["sub": "*"], ["idtyp": "app"]],
      [["sub": "a-b"], ["oid": "a-b"], ["appid": "c"]]
    ),
    (
      .generic,
      [
        [:], ["sub": "*"], ["sub": "*/*"], ["sub": "https://app.example/*"],
        ["sub": "spiffe://example.org/*"],
        ["admin": "true"], ["sub": "*:a"], ["sub": "https://*/a"],
      ],
      [
        ["sub": "a"], ["sub": "acme/*"], ["sub": "https://app.example/team/*"],
        ["admin": "true", "sub": "a"],
      ]
    ),
  ]

  @Test(arguments: ClientTrustTests.conditions.indices)
  func whatLetsEverybodyInIsRefused(index: Int) {
    let (preset, refused, taken) = ClientTrustTests.conditions[index]
    for claims in refused {
      let problem = problem(draft(preset, claims))
      #expect(problem != nil, "\(preset) \(claims)")
      if claims.isEmpty {
        #expect(problem?.contains("would let everybody in: say w") == true, "\(problem ?? "")")
      }
    }
    for claims in taken { #expect(problem(draft(preset, claims)) == nil, "\(preset) \(claims)") }
  }

  @Test func anIssuerThatEverybodyHasIsKnownUnderEachPreset() {
    for issuer in [
      "https://token.actions.githubusercontent.com", "https://token.actions.githubusercontent.com/acme",
      "https://gitlab.com", "https://accounts.google.com",
    ] {
      #expect(problem(draft(.generic, ["environment": "production"], issuer: issuer)) != nil, "\(issuer)")
      #expect(
        problem(draft(.kubernetes, ["sub": "system:serviceaccount:a:b"], issuer: issuer)) != nil
          || issuer.contains("google")
      )
    }
    #expect(problem(draft(.generic, ["environment": "production"])) == nil, "the twin")
    let everyTenant = "https://login.microsoftonline.com/common/v2.0"
    #expect(problem(draft(.azure, ["sub": "a"], issuer: everyTenant))?.contains("tenant") == true)
    #expect(
      problem(draft(.azure, ["sub": "a"], issuer: everyTenant.replacing("common", with: "5f1c"))) == nil
    )
  }

  @Test func shorthandsAreConditions() throws {
    let cases: [(TrustPreset, [TrustShorthand: String], [String: String])] = [
      (
        .githubActions, [.repository: "acme/app", .ref: "refs/tags/*"],
        ["repository": "acme/app", "ref": "refs/tags/*"]
      ),
      (
        .gitlab, [.projectPath: "acme/app", .ref: "refs/heads/main", .environment: "production"],
        ["project_path": "acme/app", "ref": "main", "ref_type": "branch", "environment": "production"]
      ),
      (
        .kubernetes, [.namespace: "prod", .serviceAccount: "api"], ["sub": "system:serviceaccount:prod:api"]
      ),
      (.kubernetes, [.namespace: "prod"], ["sub": "system:serviceaccount:prod:*"]),
      (.google, [.serviceAccount: "a@b"], ["email": "a@b", "email_verified": "true"]),
      (.aws, [.role: "arn:aws:iam::1:role/a"], ["sub": "arn:aws:iam::1:role/a"]),
    ]
    for (preset, shorthands, claims) in cases {
      var draft = TrustDraft(preset)
      try draft.add(shorthands)
      #expect(draft.claims == claims)
    }
    var spiffe = TrustDraft(.spiffe)
    try spiffe.add([.spiffeID: "spiffe://example.org/ns/*/sa/api"])
    #expect(spiffe.issuer == "spiffe://example.org")
    var azure = TrustDraft(.azure)
    try azure.add([.tenant: "5f1c", .principal: "a-b"])
    #expect(azure.issuer == "https://login.microsoftonline.com/5f1c/v2.0" && azure.claims == ["sub": "a-b"])
  }

  @Test func aShorthandOfAnotherPlatformIsRefused() {
    let cases: [(TrustPreset, [TrustShorthand: String], String)] = [
      (.gitlab, [.repository: "acme/app"], "--repository is nothing that a token of gitlab says"),
      (.kubernetes, [.serviceAccount: "api"], "--namespace"), (.gitlab, [.ref: "main"], "refs/heads/"),
      (.generic, [.environment: "production"], "--environment"),
    ]
    for (preset, shorthands, text) in cases {
      var draft = TrustDraft(preset)
      do throws(AdministrationError) {
        try draft.add(shorthands)
        Issue.record("\(shorthands) was taken")
      } catch {
        #expect(error.description.contains(text), "\(error)")
      }
    }
    var twice = draft(.githubActions, ["repository": "acme/web"])
    #expect(throws: AdministrationError.self) { try twice.add([.repository: "acme/app"]) }
  }

  /// What is wrong with a trust that is good but for one thing.
  private static let faults: [(String, @Sendable (inout TrustDraft) -> Void)] = [
    ("audiences", { $0.audiences = [] }), ("audiences", { $0.audiences = Array(repeating: "a", count: 9) }),
    ("an audience has", { $0.audiences = ["a\u{0}"] }),
    ("an audience has", { $0.audiences = [String(repeating: "a", count: 1025)] }),
    ("begins with https://", { $0.issuer = "http://issuer.example" }),
    ("begins with https://", { $0.issuer = "https://u@issuer.example" }),
    ("begins with https://", { $0.issuer = "https://issuer.example/#a" }),
    ("begins with https://", { $0.issuer = "https://issuer.example/ " }),
    ("begins with https://", { $0.issuer = "spiffe://example.org" }),
    ("begins with https://", { $0.issuer = "https://issuer.example/" + String(repeating: "a", count: 512) }),
    ("query", { $0.issuer = "https://issuer.example/?a" }), ("the issuer is missing", { $0.issuer = nil }),
    ("one whole segment", { $0.claims["sub"] = "acme/a*" }),
    ("one whole segment", { $0.claims["sub"] = "acme/**" }),
    ("at most 16 conditions", { draft in for number in 0..<17 { draft.claims["c\(number)"] = "a" } }),
    ("1 to 1024 bytes", { $0.claims["sub"] = "" }),
    ("1 to 1024 bytes", { $0.claims["sub"] = String(repeating: "a", count: 1025) }),
    ("'aud' is no condition", { $0.claims["aud"] = "a" }),
    ("'iss' is no condition", { $0.claims["iss"] = "a" }),
    ("60 to 86400", { $0.longestLifetime = 59 }), ("60 to 86400", { $0.longestLifetime = 86_401 }),
    ("has to begin with https://", { $0.keySetURL = "http://issuer.example/jwks" }),
    (
      "exclude each other",
      {
        $0.keySetURL = "https://issuer.example/jwks"
        $0.keySet = .object([:])
      }
    ),
    ("no JWK Set", { $0.keySet = .object(["keys": .array([])]) }), ("no JWK Set", { $0.keySet = .array([]) }),
    (
      "private key",
      { $0.keySet = .object(["keys": .array([.object(["kty": .string("RSA"), "d": .string("a")])])]) }
    ),
    ("the name of a trust", { $0.name = "" }),
  ]

  @Test(arguments: ClientTrustTests.faults.indices)
  func aFaultIsNamed(index: Int) {
    var draft = draft(.generic, ["sub": "job"])
    #expect(problem(draft) == nil, "the twin")
    let (text, change) = ClientTrustTests.faults[index]
    change(&draft)
    #expect(problem(draft)?.contains(text) == true, "\(problem(draft) ?? "it was taken"): \(text)")
  }

  @Test func aClientHasAFewTrustsWithNamesOfTheirOwn() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      let client = try await server.makeClient { $0.authenticationMethod = .privateKeyJWT }
      var draft = draft(.githubActions, ["repository": "acme/app"])
      let added = try await administration.addTrust(NewClientTrust(draft), to: client.id)
      #expect(added.name == "github-actions" && !added.isReusable && added.longestLifetime == 3600)
      #expect(added.keys == .discovered)
      await #expect(throws: AdministrationError.self, "the name is taken") {
        try await administration.addTrust(NewClientTrust(draft), to: client.id)
      }
      for number in 2...Administration.maximumTrusts {
        draft.name = "trust \(number)"
        _ = try await administration.addTrust(NewClientTrust(draft), to: client.id)
      }
      draft.name = "one too many"
      await #expect(throws: AdministrationError.self) {
        try await administration.addTrust(NewClientTrust(draft), to: client.id)
      }
      try await administration.removeTrust(named: "GitHub-Actions", of: client.id)
      let names = try await administration.client(client.id.rawValue).keyMetadata.trusts.map(\.name)
      #expect(names.count == Administration.maximumTrusts - 1 && !names.contains("github-actions"))
      let kept = try await server.administration.client(client.id.rawValue)
      #expect(ClientKeyMetadata(storedText: kept.keyMetadata.storedText) == kept.keyMetadata)
      let nobody = try await server.makeClient {
        $0.authenticationMethod = ClientAuthenticationMethod.none
        $0.grantTypes = []
      }
      await #expect(throws: AdministrationError.self, "a public client") {
        try await administration.addTrust(NewClientTrust(draft), to: nobody.id)
      }
    }
  }
}
