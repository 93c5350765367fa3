import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What is declared, as against what there is.
@Suite struct DeclarationTests {
  private static let place = DeclaredPlace(file: "apps.yaml", line: 1, column: 1)

  private static func entry(_ members: [String: DeclaredValue]) -> DeclaredEntry {
    DeclaredEntry(members.mapValues { DeclaredEntry.Member($0, at: place) }, at: place)
  }

  private static func clients(_ clients: [String: DeclaredValue]...) -> Declaration {
    Declaration([.clients: clients.map(entry)])
  }

  /// A client that is registered for `item`.
  private static func client(
    _ name: String,
    _ members: [String: DeclaredValue] = [:]
  ) -> [String: DeclaredValue] {
    ["name": .text(name), "scopes": .texts(["item"])].merging(members) { $1 }
  }

  private func apply(_ declaration: Declaration, pruning: Bool = false, _ server: TestServer) async throws
    -> DeclarationPlan
  {
    let administration = server.administration
    let plan = try await administration.plan(declaration, pruning: pruning)
    if !plan.changes.isEmpty { try await administration.apply(administration.changes(for: plan)) }
    return plan
  }

  /// Values of each field of a client that differ from those of a new one.
  private static let values: [(String, DeclaredValue)] = [
    ("scopes", .texts(["item", "event"])), ("default_scopes", .texts(["item"])), ("grant_types", .texts([])),
    ("token_format", .text("jwt")), ("token_lifetime", .integer(60)), ("claims", .map(["tenant": "x"])),
    ("authentication_method", .text("client_secret_post")),
    ("keys", .map(["laptop": declaredKey])), ("key_expires_at", .map(["laptop": "2030-01-31T00:00:00.000Z"])),
    ("jwks_uri", .text("https://app.example/jwks")),
    ("certificate_subject", .map(["tls_client_auth_san_dns": "app.example"])),
    ("trusts", .map(["github": declaredTrust])),
    ("dpop_bound_access_tokens", .boolean(true)),
    ("tls_client_certificate_bound_access_tokens", .boolean(true)), ("strict_assertions", .boolean(true)),
    ("profile", .text("fapi2")),
    ("introspects", .texts([Administration.defaultResource])),
    ("allowed_addresses", .texts(["10.0.0.0/8"])), ("owner", .text("Team A")),
    ("contact", .text("a@example.com")), ("labels", .map(["team": "a"])), ("quota", .integer(60)),
    ("quota_burst", .integer(5)), ("quota_log_only", .boolean(true)), ("enabled", .boolean(false)),
  ]

  /// Of RFC 7515 A.3.1, with its thumbprint as its ID.
  private static let declaredKey =
    #"{"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
    + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"}"#

  /// With all that can be said of one, as it is exported.
  private static let declaredTrust =
    #"{"preset":"github-actions","issuer":"https://token.actions.githubusercontent.com","audiences":["https://a.example"],"#
    + #""claims":{"environment":"production","repository":"acme/app"},"jwks_uri":"https://a.example/jwks","#
    + #""max_lifetime":600,"reusable":true}"#

  /// What a field needs beside itself.
  private static func needed(by name: String) -> [String: DeclaredValue] {
    if name == "key_expires_at" { return ["keys": .map(["laptop": declaredKey])] }
    return name.hasPrefix("quota_") ? ["quota": .integer(60)] : [:]
  }

  @Test func whatWouldKeepOthersWaitingForLongIsRefusedAsAWhole() async throws {
    try await TestServer.run { server async throws in
      let many = (0...Administration.maximumDeclaredChanges).map { DeclarationTests.client("client \($0)") }
      let declaration = Declaration([.clients: many.map(DeclarationTests.entry)])
      await #expect {
        _ = try await apply(declaration, server)
      } throws: { error in
        guard case .invalid(nil, let text) = error as? AdministrationError else { return false }
        return text.contains("at most 1000 things") && text.contains("would be 1001")
      }
      #expect(try await server.administration.clients(limit: 1).elements.isEmpty)
      let fewer = Declaration([.clients: many.dropLast().map(DeclarationTests.entry)])
      #expect(try await apply(fewer, server).changes.count == 1000)
    }
  }

  @Test func everyFieldOfAClientIsTried() {
    #expect(DeclarationTests.values.map(\.0) == Client.declaredFields.map(\.name))
  }

  @Test(arguments: DeclarationTests.values.indices)
  func aFieldIsSetTakenBackAndLeftWhenItIsTheSame(index: Int) async throws {
    let (name, value) = DeclarationTests.values[index]
    let needed = DeclarationTests.needed(by: name)
    let plain = DeclarationTests.client("a", needed)
    let declared = DeclarationTests.client("a", needed.merging([name: value]) { $1 })
    try await TestServer.run { server in
      _ = try await apply(DeclarationTests.clients(plain), server)
      let plan = try await apply(DeclarationTests.clients(declared), server)
      #expect(plan.changes.map(\.action) == [.update])
      #expect(plan.changes[0].differences.first?.name == name)
      #expect(plan.changes[0].differences[0].after == value)
      let client = try await server.administration.client("a")
      let field = try #require(Client.declaredFields.first { $0.name == name })
      #expect(field.value(client) == value)
      #expect(try await apply(DeclarationTests.clients(declared), server).changes.isEmpty)
      let back = try await apply(DeclarationTests.clients(plain), server)
      // Nothing said about it leaves a client disabled, and with its keys.
      #expect(back.changes.isEmpty == ["enabled", "keys", "key_expires_at", "trusts"].contains(name))
      #expect(try await apply(DeclarationTests.clients(plain), server).changes.isEmpty)
    }
  }

  @Test(arguments: DeclarationTests.values.indices)
  func aNewClientHasTheField(index: Int) async throws {
    let (name, value) = DeclarationTests.values[index]
    try await TestServer.run { server in
      let members = DeclarationTests.needed(by: name).merging([name: value]) { $1 }
      let declared = DeclarationTests.clients(DeclarationTests.client("a", members))
      #expect(try await apply(declared, server).changes.map(\.action) == [.create])
      let client = try await server.administration.client("a")
      #expect(Client.declaredFields.first { $0.name == name }?.value(client) == value)
      #expect(try await apply(declared, server).changes.isEmpty)
    }
  }

  private static let refused: [(String, Declaration)] = [
    ("there is no scope 'nonsense'", clients(client("a", ["scopes": .texts(["nonsense"])]))),
    ("'a,b' is not a scope name", clients(client("a", ["scopes": .texts(["a,b"])]))),
    ("needs at least one scope", clients(["name": .text("a")])),
    ("the default scope 'event'", clients(client("a", ["default_scopes": .texts(["event"])]))),
    ("no grant type 'password'", clients(client("a", ["grant_types": .texts(["password"])]))),
    ("a token lifetime is", clients(client("a", ["token_lifetime": .integer(1)]))),
    ("set by the server itself", clients(client("a", ["claims": .map(["sub": "x"])]))),
    ("there is no resource 'urn:none'", clients(client("a", ["introspects": .texts(["urn:none"])]))),
    ("there is no quota", clients(client("a", ["quota_burst": .integer(5)]))),
    ("a quota is 1 to", clients(client("a", ["quota": .integer(0)]))),
    ("an owner must not begin", clients(client("a", ["owner": .text(" a")]))),
    ("not a range of addresses", clients(client("a", ["allowed_addresses": .texts(["10.0.0.1/8"])]))),
    ("a name must not begin", clients(client(" a"))),
    (
      "this is a private key",
      clients(client("a", ["keys": .map(["x": "-----BEGIN PRIVATE KEY-----"])]))
    ),
    ("the name of a key must not begin", clients(client("a", ["keys": .map([" x": declaredKey])]))),
    ("has this key already", clients(client("a", ["keys": .map(["x": declaredKey, "y": declaredKey])]))),
    ("https://", clients(client("a", ["jwks_uri": .text("http://app.example")]))),
    ("is no JSON object", clients(client("a", ["trusts": .map(["x": "[]"])]))),
    ("has no preset", clients(client("a", ["trusts": .map(["x": #"{"audiences":["a"]}"#])]))),
    (
      "has no member 'repository'",
      clients(
        client("a", ["trusts": .map(["x": #"{"preset":"gitlab","audiences":["a"],"repository":"a"}"#])])
      )
    ),
    (
      "this would let everybody in",
      clients(client("a", ["trusts": .map(["x": #"{"preset":"github-actions","audiences":["a"]}"#])]))
    ),
    (
      "exclude each other",
      clients(client("a", ["keys": .map(["x": declaredKey]), "jwks_uri": .text("https://app.example")]))
    ),
    (
      "already has a key named 'default'",
      clients(client("a", ["keys": .map(["default": declaredKey]), "secret": .text("generated")]))
    ),
    ("there is no key 'x'", clients(client("a", ["key_expires_at": .map(["x": "2030-01-31T00:00:00Z"])]))),
    (
      "would have expired already",
      clients(
        client(
          "a",
          ["keys": .map(["x": declaredKey]), "key_expires_at": .map(["x": "2020-01-31T00:00:00Z"])]
        )
      )
    ),
    (
      "a key expires at a time such as",
      clients(client("a", ["keys": .map(["x": declaredKey]), "key_expires_at": .map(["x": "soon"])]))
    ),
    ("called 'A' too, at apps.yaml:1:1", clients(client("a"), client("A"))),
    (
      "has the ID 'x' too",
      clients(client("a", ["client_id": .text("x")]), client("b", ["client_id": .text("x")]))
    ),
    ("a client ID has", clients(client("a", ["client_id": .text("")]))),
    (
      "a public client has no secret",
      clients(client("a", ["authentication_method": .text("none"), "secret": .text("generated")]))
    ),
    (
      "operator create",
      clients(client("a", ["scopes": .texts(["tessera:read"])]))
    ),
    (
      "is not listed, and would be retired",
      Declaration([.scopes: [], .clients: [entry(client("a"))]])
    ),
    (
      "is not listed, and would be retired",
      Declaration([
        .resources: [],
        .scopes: [
          entry([
            "name": .text("item"), "description": .text("x"),
            "resource": .text(Administration.defaultResource),
          ])
        ],
      ])
    ),
    (
      "for good: add another",
      Declaration([
        .scopes: [entry(["name": .text("item"), "description": .text("x"), "resource": .text("urn:x")])]
      ])
    ),
    (
      "listed twice",
      Declaration([
        .resources: (0..<2).map { _ in entry(["uri": .text("urn:x"), "description": .text("x")]) }
      ])
    ),
    (
      "the management API",
      Declaration([
        .resources: [entry(["uri": .text(Administration.managementResource), "description": .text("x")])]
      ])
    ),
  ]

  @Test(arguments: DeclarationTests.refused.indices)
  func whatCannotBeIsRefusedWithItsPlaceAndChangesNothing(index: Int) async throws {
    let (expected, declaration) = DeclarationTests.refused[index]
    try await TestServer.run { server in
      _ = try await server.administration.createOperator(named: DisplayName("o", of: .name), role: .viewer)
      let records = try await server.administration.auditRecords(limit: 99).elements.count
      let error = await #expect(throws: DeclarationError.self) {
        _ = try await apply(declaration, pruning: true, server)
      }
      let text = error?.description ?? ""
      #expect(text.hasPrefix("apps.yaml:1:1: ") && text.contains(expected), "\(text)")
      #expect(try await server.administration.auditRecords(limit: 99).elements.count == records)
    }
  }

  @Test func aClientIsMeantByItsIDAndElseByItsName() async throws {
    try await TestServer.run { server in
      let id = try await server.makeClient { $0.name = "a" }.id
      _ = try await server.makeClient { $0.name = "b" }
      func declared(_ name: String, _ other: String) -> Declaration {
        DeclarationTests.clients(
          DeclarationTests.client(name, ["client_id": .text(id.rawValue)]),
          DeclarationTests.client(other)
        )
      }
      func names() async throws -> [String] {
        try await server.administration.clients(limit: 9).elements.map(\.name).sorted()
      }
      let renamed = try await apply(declared("c", "b"), server)
      #expect(renamed.changes.allSatisfy { $0.action == .update })
      #expect(try await names() == ["b", "c"])
      #expect(try await server.administration.client("c").id == id)
      // The name that was given up is free for another.
      let reused = try await apply(declared("a", "c"), server)
      #expect(reused.changes.map(\.action) == [.update, .create])
      #expect(try await names() == ["a", "b", "c"])
      let taken = DeclarationTests.clients(DeclarationTests.client("B", ["client_id": .text(id.rawValue)]))
      await #expect(throws: DeclarationError.self) { _ = try await apply(taken, server) }
    }
  }

  @Test func whatIsNotListedGoesOnlyWhenThatIsAsked() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      _ = try await administration.createOperator(named: DisplayName("operator", of: .name), role: .admin)
      for name in ["a", "b"] { _ = try await server.makeClient { $0.name = name } }
      let declaration = DeclarationTests.clients(DeclarationTests.client("a"))
      let plan = try await apply(declaration, server)
      #expect(plan.unlisted[.clients]?.names == ["b"] && plan.unlisted[.scopes]?.count == 4)
      #expect(try await administration.client("b").isEnabled)
      let pruned = try await apply(declaration, pruning: true, server)
      #expect(pruned.changes.filter { $0.action == .delete }.map(\.name) == ["b"])
      #expect(pruned.unlisted[.clients] == nil && pruned.unlisted[.scopes]?.count == 4)
      let left = try await administration.clients(limit: 9).elements.map(\.name).sorted()
      #expect(left == ["a", "operator"])
      let scopes = Declaration([
        .scopes: try await administration.scopes().filter { $0.scope.name == "item" }.map {
          DeclarationTests.entry([
            "name": .text($0.scope.name), "description": .text("New"), "resource": .text($0.resource.uri),
          ])
        }
      ])
      let retired = try await apply(scopes, pruning: true, server)
      #expect(retired.changes.map(\.action) == [.update, .retire, .retire, .retire])
      let granted = try await administration.grantedScopes().map(\.name)
      #expect(granted.sorted() == ["item"] + OperatorScope.allCases.map(\.rawValue).sorted())
      #expect(try await apply(scopes, pruning: true, server).changes.isEmpty)
    }
  }

  @Test func aNewAlgorithmOfSeveralResourcesGetsOneKey() async throws {
    try await TestServer.run { server in
      let resources = Declaration([
        .resources: ["urn:a", "urn:b"].map {
          DeclarationTests.entry([
            "uri": .text($0), "description": .text("x"), "signing_algorithm": .text("EdDSA"),
          ])
        }
      ])
      _ = try await apply(resources, server)
      let keys = try await server.administration.keys().map(\.key.use)
      #expect(keys.count { $0 == .signing(.edDSA) } == 1)
      #expect(try await apply(resources, server).changes.isEmpty)
    }
  }

  @Test func aSecretIsMadeOnlyWhereThereIsNone() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      func secrets(_ secret: String?) async throws -> Int {
        let member = secret.map { ["secret": DeclaredValue.text($0)] } ?? [:]
        let declaration = DeclarationTests.clients(DeclarationTests.client("a", member))
        let changes = try await administration.changes(for: administration.plan(declaration))
        try await administration.apply(changes)
        return changes.secrets.count
      }
      let made: [(said: String?, count: Int)] = [
        ("none", 0), (nil, 0), ("generated", 1), ("generated", 0), ("none", 0),
      ]
      for (said, count) in made {
        let secrets = try await secrets(said)
        #expect(secrets == count)
      }
      #expect(try await administration.client("a").secrets.count == 1)
    }
  }

  @Test func whatIsDoneIsRecordedAsWhenEachIsDoneByItself() async throws {
    try await TestServer.run { server in
      _ = try await apply(
        DeclarationTests.clients(DeclarationTests.client("a", ["secret": .text("none")])),
        server
      )
      let changed = DeclarationTests.client(
        "a",
        ["token_lifetime": .integer(60), "enabled": .boolean(false), "secret": .text("generated")]
      )
      _ = try await apply(DeclarationTests.clients(changed), server)
      let client = try await server.administration.client("a")
      let records = try await server.administration.auditRecords(subject: client.id.rawValue, limit: 9)
        .elements
      #expect(
        records.reversed().map(\.event.action)
          == [.clientCreated, .clientUpdated, .clientDisabled, .clientSecretAdded]
      )
      #expect(client.version == 4 && client.tokensNotBefore != nil)
      #expect(records.reversed()[1].differences["token_lifetime"]?.after == "60")
    }
  }

  @Test func aDeclaredClientWithKeysGetsNoSecretAndKeepsWhatOthersAdd() async throws {
    try await TestServer.run { server in
      let declared = DeclarationTests.clients(
        DeclarationTests.client("a", ["keys": .map(["laptop": DeclarationTests.declaredKey])])
      )
      let plan = try await server.administration.plan(declared)
      #expect(try await server.administration.changes(for: plan).secrets.isEmpty)
      _ = try await apply(declared, server)
      let client = try await server.administration.client("a")
      #expect(client.secrets.isEmpty && client.keyMetadata.keys.map(\.name) == ["laptop"])
      let pair = try #require(SigningAlgorithm.edDSA.generate(.system))
      let key = NewClientKey(
        .key(JWK(pair.publicMaterial, for: .edDSA)),
        named: try DisplayName("spare", of: .keyName)
      )
      _ = try await server.administration.addKey(key, to: client.id)
      let plain = DeclarationTests.clients(DeclarationTests.client("a"))
      #expect(try await server.administration.plan(plain).changes.isEmpty, "nothing said leaves them")
      // What the export says makes nothing else.
      var members: [String: DeclaredValue] = [:]
      try await server.administration.export { kind, entries in
        for entry in entries where kind == .clients && entry.contains(where: { $0.value == .text("a") }) {
          members = Dictionary(uniqueKeysWithValues: entry.map { ($0.name, $0.value) })
        }
      }
      guard case .map(let keys) = members["keys"] else {
        Issue.record("no keys are exported")
        return
      }
      #expect(Set(keys.keys) == ["laptop", "spare"] && members["secret"] == nil)
      #expect(try await server.administration.plan(DeclarationTests.clients(members)).changes.isEmpty)
      // From keys to a URL and back, each in one step.
      let url: [String: DeclaredValue] = [
        "keys": .map([:]), "jwks_uri": .text("https://app.example/jwks"),
      ]
      _ = try await apply(DeclarationTests.clients(DeclarationTests.client("a", url)), server)
      #expect(try await server.administration.client("a").keyMetadata.keys.isEmpty)
      _ = try await apply(declared, server)
      let back = try await server.administration.client("a").keyMetadata
      #expect(back.keys.map(\.name) == ["laptop"] && back.keySetURL == nil)
      let none = DeclarationTests.clients(DeclarationTests.client("a", ["keys": .map([:])]))
      #expect(try await apply(none, server).changes.map(\.action) == [.update])
      #expect(try await server.administration.client("a").keyMetadata.keys.isEmpty)
    }
  }
}
