import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraManagement

/// What is shown is as its schema says, member by member.
@Suite struct AdminSchemaTests {
  private static let time = Timestamp(milliseconds: 1_691_671_317_000)

  private static func stored(_ name: String, prefix: String? = "ABCD") throws -> StoredSecret {
    StoredSecret(
      name: name,
      hash: .keyed(try #require(SecretDigest(bytes: [UInt8](repeating: 1, count: 32)))),
      createdAt: time,
      expiresAt: time.advanced(bySeconds: 60),
      prefix: prefix
    )
  }

  /// Everything that a client can have.
  private static func client() throws -> Client {
    let scopes = ScopeSet(try [Scope](names: ["item", "event"], of: .scopes))
    return Client(
      id: try ClientID(new: "a"),
      name: "Warehouse",
      scopes: scopes,
      defaultScopes: scopes,
      tokenFormat: .jwt,
      claims: ["tenant": "a"],
      authenticationMethod: .clientSecretPost,
      introspectedResources: [try #require(Resource("urn:a"))],
      allowedAddresses: [try #require(AddressRange("10.0.0.0/8"))],
      tokenLifetime: 90,
      secrets: [try stored("default")],
      tokensNotBefore: time,
      createdAt: time,
      owner: "Ants",
      contact: "ants@example.com",
      labels: ["team": "a"],
      quota: Quota(perMinute: 60, burst: 10, isLogOnly: true)
    )
  }

  /// A key and a certificate.
  private static func keys() throws -> [ClientKey] {
    let pair = try #require(SigningAlgorithm.es256.generate(.system))
    let certificate = TestCertificate.der(try TestAuthority().issue().chain[0])
    return [
      ClientKey(
        name: "a",
        material: .key(JWK(pair.publicMaterial, for: .es256)),
        createdAt: time,
        expiresAt: nil
      ),
      ClientKey(name: "b", material: .certificate(certificate), createdAt: time, expiresAt: time),
    ]
  }

  /// With keys in each place where there can be some.
  private static func trusts() throws -> [ClientTrust] {
    let jwk = try #require(try keys()[0].jwk)
    return [.discovered, .published(at: "https://a.example/jwks"), .given([jwk])].map { keys in
      ClientTrust(
        name: "deploy",
        preset: .githubActions,
        issuer: "https://issuer.example",
        audiences: ["https://tessera.example"],
        conditions: [ClaimCondition("repository", "acme/app")],
        keys: keys,
        longestLifetime: 3600,
        isReusable: true,
        createdAt: time
      )
    }
  }

  /// Of each schema what it describes; all of it together has every member that there can be.
  ///
  /// A new schema gets its line here.
  private static func shown() async throws -> [String: [any Representation]] {
    let (client, secret) = (try client(), try ClientSecret(existing: "correct horse"))
    let (stored, bare) = (client.secrets[0], try stored("bare", prefix: nil))
    let use = SecretUse(
      clientID: client.id,
      secret: "default",
      madeAt: time,
      lastUsedAt: time,
      address: "192.0.2.1",
      count: 3
    )
    let (keys, trusts) = (try keys(), try trusts())
    let scope = try Scope("item", of: .name)
    let resource = try #require(Resource("urn:a"))
    let facts = ServerFacts(
      issuer: "https://auth.example.com",
      version: "1",
      tokenEndpointPath: "/oauth/token",
      scopeSeparator: ",",
      lifetime: TokenLifetime(),
      keys: KeyRotation.Settings()
    )
    var shown: [String: [any Representation]] = [
      "Server": [facts],
      "NewClient": [
        NewClientRepresentation(client, secret: .shown(secret), lifetime: TokenLifetime()),
        NewClientRepresentation(client, secret: nil, lifetime: TokenLifetime()),
      ],
      "Secret": [SecretRepresentation(stored), SecretRepresentation(bare)],
      "UsedSecret": [
        UsedSecretRepresentation(stored, use, at: time), UsedSecretRepresentation(bare, nil, at: time),
      ],
      "ClientKey": keys.map(ClientKeyRepresentation.init),
      "UsedClientKey": keys.map { UsedClientKeyRepresentation($0, use, at: time) },
      "ClientTrust": trusts.map(ClientTrustRepresentation.init),
      "UsedClientTrust": trusts.map { UsedClientTrustRepresentation($0, use, at: time) },
      "NewSecret": [NewSecretRepresentation(.shown(secret), stored, of: client.id)],
      "Scope": [
        ScopeRepresentation(
          ScopeDefinition(
            scope: scope,
            description: "A",
            resource: resource,
            createdAt: time,
            retiredAt: time
          )
        )
      ],
      "Resource": [
        ResourceRepresentation(
          ResourceDefinition(
            resource: resource,
            description: "A",
            tokenFormat: .jwt,
            signingAlgorithm: .rs256,
            createdAt: time,
            retiredAt: time
          )
        ), ResourceRepresentation(ResourceDefinition(resource: resource, description: "A", createdAt: time)),
      ],
      "RecordedClient": [RecordedClient(client.id)],
      "DeliveryStatus": [try AdminWorld.delivery],
      "TestedDelivery": [
        TestedDelivery(sink: "webhook", place: "https://a.example", id: "1", error: "it is away"),
        TestedDelivery(sink: "syslog", place: "tcp://a.example", id: "1", error: nil),
      ],
      "ExportEnd": [ExportEnd(operators: 1)],
      "Problem": [ShownProblem(.otherRequest), ShownProblem(.unavailable("try again later"))],
    ]
    try await TestServer.run { server in
      let administration = server.administration
      let keys = try await administration.keys()
      shown["Key"] = keys.map { KeyRepresentation($0) }
      shown["NewKey"] = keys.map { KeyRepresentation($0.key) }
      let holder = try await server.makeClient()
      let text = try #require(try await server.send(holder.tokenRequest()).accessToken)
      let token = try #require(try server.openToken(text))
      shown["Token"] = [TokenRepresentation(token, nil), TokenRepresentation(token, .revoked)]
      try await administration.revokeToken(token)
      shown["Revocation"] = try await administration.revocations(limit: 1).elements.map(
        RevocationRepresentation.init
      )
      let found = try await administration.client(holder.id.rawValue)
      var explanations: [any Representation] = [administration.explainUnknownClient("b", "there is none")]
      for scopes in [["item"], ["none"]] {
        let request = ExplainedRequest(scopes: try [Scope](names: scopes, of: .scopes), resources: [])
        explanations.append(
          try await administration.explain(request, of: found, settings: Replica.Settings())
        )
      }
      shown["Explanation"] = explanations
      _ = try await server.send(holder.tokenRequest(["scope": "nothing"]))
      let denials = await server.denials().all
      shown["Decision"] = denials.map { DenialRepresentation($0, node: "node 1") }
      let denial = try #require(denials.first)
      shown["ExplainedDecision"] = [
        await administration.explain(denial, node: "node 1", settings: Replica.Settings())
      ]
      try await server.replica.recordUsage()
      let hour = UsageHour(of: server.clocks.wall.now)
      let hours = hour..<hour.advanced(by: 1)
      shown["Usage"] = [
        UsageRepresentation(
          of: holder.id,
          in: hours,
          try await administration.usage(of: holder.id, in: hours)
        ),
        UsageRepresentation(of: nil, in: hours, []),
      ]
      let total = try await administration.lastDay(of: found)
      shown["UsageTotal"] = [UsageTotalRepresentation(total)]
      shown["Client"] = [
        ClientRepresentation(client, lifetime: TokenLifetime()),
        ClientRepresentation(found, lifetime: TokenLifetime(), lastDay: LastDay(total)),
      ]
      shown["DestroyedKey"] = [
        DestroyedKeyRepresentation(try await administration.destroyKey(keys[0].key.number))
      ]
      let log = administration.auditLog
      try await log.sign()
      shown["AuditRecord"] = try await administration.acting(as: "api:a", from: "192.0.2.1")
        .auditRecords(limit: 100).elements.map(AuditRepresentation.init)
      shown["AuditMark"] = try await log.export(after: 0) { _ in }.map { mark in
        AuditMarkRepresentation(mark, publicKey: log.publicKey)
      }
      shown["AuditVerification"] = [
        AuditVerificationRepresentation(try await log.verify(), publicKey: log.publicKey)
      ]
      try await add(declared: server, to: &shown)
      server.clocks.advance(seconds: 172_800)
      try await server.replica.catchUp()
      shown["Unused"] =
        try await administration.unusedScopes(days: 1)
        + administration.unusedClients(days: 1, after: nil, limit: 100).found
    }
    return shown
  }

  /// What is shown of a declaration, of what there is as one, and of an import.
  private static func add(
    declared server: TestServer,
    to shown: inout [String: [any Representation]]
  ) async throws {
    let administration = server.administration
    let place = DeclaredPlace(pointer: "/clients/0")
    let members: [String: DeclaredValue] = [
      "name": .text("declared"), "scopes": .texts(["item"]), "token_lifetime": .integer(60),
      "labels": .map(["team": "a"]), "enabled": .boolean(false),
    ]
    let entry = DeclaredEntry(members.mapValues { .init($0, at: place) }, at: place)
    let plan = try await administration.plan(Declaration([.clients: [entry]]))
    let changes = try await administration.changes(for: plan)
    try await administration.apply(changes)
    shown["Plan"] = [ShownPlan(plan, isDone: false)]
    shown["AppliedDeclaration"] = [AppliedDeclaration(plan, changes.secrets)]
    var entries: [ExportedEntry] = []
    _ = try await administration.export { kind, members in
      entries += members.map { ExportedEntry(kind, $0) }
    }
    shown["ExportedEntry"] = entries
    var settings = ClientImport(from: "csv")
    settings.isDryRun = true
    var (good, bad) = (ForeignClient(place: "line 1", id: "b"), ForeignClient(place: "line 2", id: "c"))
    (good.scopes, good.remarks, bad.objection) = (["item"], ["it is odd"], "it is public")
    shown["ImportReport"] = [
      ImportRepresentation(try await administration.importClients([good, bad], settings), isDryRun: true)
    ]
  }

  @Test func everyParameterSaysWhatItIsAndEveryValueOfWhatType() {
    for operation in AdminOperation.all {
      for parameter in operation.parameters {
        #expect(!parameter.help.isEmpty, "\(operation.name): \(parameter.name)")
      }
    }
    let rows = APIReference.markdown.split(separator: "\n").filter { $0.hasPrefix("| ") }
    #expect(rows.count > 100)
    for row in rows {
      #expect(!row.contains("|  |") && !row.contains("of  ") && !row.contains("of |"), "\(row)")
    }
  }

  @Test func whatIsShownIsAsItsSchemaSays() async throws {
    let (check, shown) = (SchemaCheck(), try await Self.shown())
    #expect(Set(AdminSchema.all.map(\.name)) == Set(shown.keys), "each schema has its line")
    for schema in AdminSchema.all {
      var members: Set<String> = []
      for representation in shown[schema.name] ?? [] {
        let value = try #require(JSON(representation.json.text().utf8))
        #expect(try check.problems(of: value, schema) == [], "\(representation.json.text())")
        members.formUnion((value.members ?? [:]).keys)
      }
      #expect(members == check.members(of: schema), "\(schema.name)")
    }
  }

  /// What commands read back of what is shown, and show again; of a schema that is not here nothing is read.
  private static let readers: [String: @Sendable (ShownJSON) throws -> any Representation] = [
    "Server": { try ServerFacts($0) },
    "Client": {
      let day = try $0.object("last_day")
      return ClientRepresentation(
        try Client($0, lifetime: TokenLifetime()),
        lifetime: TokenLifetime(),
        lastDay: try day.map { try LastDay($0) }
      )
    },
    "ClientKey": { ClientKeyRepresentation(try ClientKey(shown: $0)) },
    "UsedClientKey": {
      UsedClientKeyRepresentation(
        try ClientKey(shown: $0),
        try SecretUse($0, of: ClientID(new: "a")),
        at: time
      )
    },
    "ClientTrust": { ClientTrustRepresentation(try ClientTrust(stored: $0)) },
    "UsedClientTrust": {
      UsedClientTrustRepresentation(
        try ClientTrust(stored: $0),
        try SecretUse($0, of: ClientID(new: "a")),
        at: time
      )
    },
    "UsedSecret": {
      UsedSecretRepresentation(try StoredSecret($0), try SecretUse($0, of: ClientID(new: "a")), at: time)
    },
    "Scope": { ScopeRepresentation(try ScopeDefinition($0)) },
    "Resource": { ResourceRepresentation(try ResourceDefinition($0)) },
    "Key": { KeyRepresentation(try Administration.KeySummary($0)) },
    "NewKey": { KeyRepresentation(try WrappedKey($0)) },
    "DestroyedKey": { DestroyedKeyRepresentation(try Administration.Destruction($0)) },
    "Token": {
      let reason = try $0.optional("reason") { TokenInspector.Reason(rawValue: $0) }
      return TokenRepresentation(try OpenedToken($0), reason)
    },
    "Usage": { try UsageRepresentation($0) }, "UsageTotal": { try UsageTotalRepresentation($0) },
    "Unused": { try Unused($0) },
    "Plan": { try ShownPlan($0) }, "AppliedDeclaration": { try AppliedDeclaration($0) },
    "ExportedEntry": { try ExportedEntry($0) }, "ExportEnd": { try ExportEnd($0) },
    "ImportReport": { try ImportRepresentation($0) }, "DeliveryStatus": { try DeliveryStatus($0) },
    "TestedDelivery": { try TestedDelivery($0) },
    "Explanation": { try Explanation($0) }, "AuditRecord": { AuditRepresentation(try AuditRecord($0)) },
    "AuditVerification": {
      let key = try $0.value("public_key") { [UInt8](hexadecimal: $0) }
      return AuditVerificationRepresentation(try AuditVerification($0), publicKey: key)
    },
  ]

  @Test func whatIsShownIsReadBackWhole() async throws {
    let shown = try await Self.shown()
    for (name, read) in Self.readers {
      let representations = try #require(shown[name])
      for representation in representations {
        let text = representation.json.text()
        let again = try read(ShownJSON(try #require(JSON(text.utf8))))
        #expect(again.json.text() == text, "\(name)")
      }
    }
  }

  @Test func aMemberMoreOrLessOrOfAnotherKindIsNoticed() throws {
    let check = SchemaCheck()
    let right = ClientRepresentation(try Self.client(), lifetime: TokenLifetime()).json
    guard case .object(let members) = right else { return }
    func problems(_ members: [JSONValue.Member]) throws -> [String] {
      try check.problems(of: JSON(JSONValue.object(members).text().utf8) ?? .null, .client)
    }
    #expect(try problems(members) == [])
    #expect(try problems(members + [.init("more", .null)]) != [])
    for index in members.indices {
      var less = members
      less.remove(at: index)
      #expect(try problems(less) != [], "\(members[index].name)")
      var other = members
      other[index] = .init(members[index].name, .object([.init("x", .integer(1))]))
      #expect(try problems(other) != [], "\(members[index].name)")
    }
  }
}

/// A problem as it is shown.
private struct ShownProblem: Representation {
  let json: JSONValue

  init(_ problem: AdminProblem) { json = problem.json }
}
