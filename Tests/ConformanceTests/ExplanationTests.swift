import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// `tessera explain`: what stands in the way of a token, and always the same answer as over HTTP.
@Suite(.everyDoor) struct ExplanationTests {
  private static let stock = "https://stock.example"

  /// What is arranged, what is asked for, and which step refuses; nil where none does.
  private struct Situation: Sendable, CustomTestStringConvertible {
    let name: String
    var scopes = ["item"]
    var resources: [String] = []
    var address: String?
    let refused: Explanation.Step.Subject?
    var depends: Explanation.Step.Subject?
    var remedy: String?
    var arrange: @Sendable (TestServer, TestClient) async throws -> Void = { _, _ in }

    var testDescription: String { name }
  }

  private static let situations: [Situation] = [
    Situation(name: "granted", refused: nil),
    Situation(name: "several scopes", scopes: ["item", "event"], refused: nil),
    Situation(name: "several APIs", scopes: ["item", "stock"], refused: nil),
    Situation(name: "an API", resources: ["https://api.ants.tech"], refused: nil),
    Situation(name: "default scopes", scopes: [], refused: nil) { server, client in
      try await server.change(client) { $0.defaultScopes = $0.scopes }
    },
    Situation(name: "no scope", scopes: [], refused: .scope, remedy: "ask for one of: event, item, stock"),
    Situation(
      name: "an unknown scope",
      scopes: ["nothing"],
      refused: .scope,
      remedy: "tessera scope create nothing"
    ),
    Situation(name: "a scope of others", scopes: ["profile"], refused: .scope, remedy: "--scope profile"),
    Situation(name: "a retired scope", scopes: ["item", "event"], refused: .scope) { server, _ in
      try await server.administration.retireScope(try #require(Scope("event")))
    },
    Situation(name: "a scope of a retired API", scopes: ["stock"], refused: .scope) { server, _ in
      try await server.administration.retireResource(try #require(Resource(stock)))
    },
    Situation(
      name: "a scope of another API",
      resources: [stock],
      refused: .scope,
      remedy: "name that API too"
    ),
    Situation(name: "an API too many", resources: ["https://api.ants.tech", stock], refused: .token),
    Situation(name: "an unknown API", resources: ["https://x.example"], refused: .resource),
    Situation(name: "a retired API", resources: [stock], refused: .resource) { server, _ in
      try await server.administration.retireResource(try #require(Resource(stock)))
    },
    Situation(name: "an API of others", resources: ["rabbitmq"], refused: .resource) { server, _ in
      _ = try await server.administration.createResource("rabbitmq", description: "The broker")
      _ = try await server.administration.createScope("publish", description: "Publish", resource: "rabbitmq")
    },
    Situation(name: "APIs that share no tokens", scopes: ["item", "stock"], refused: .token) { server, _ in
      for (uri, format) in [(stock, TokenFormat.jwt), ("https://api.ants.tech", .opaque)] {
        var update = ResourceUpdate()
        update.tokenFormat = format
        _ = try await server.administration.updateResource(try #require(Resource(uri)), update)
      }
    },
    Situation(name: "disabled", refused: .enabled, remedy: "tessera client enable") { server, client in
      try await server.administration.setClient(client.id, enabled: false)
    },
    Situation(name: "no secret", refused: .secret, remedy: "tessera client secret add") { server, client in
      try await server.change(client) { $0.secrets = [] }
    },
    Situation(name: "an expired secret", refused: .secret) { server, client in
      let end = server.clocks.wall.now
      try await server.change(client) { $0.secrets = [$0.secrets[0].ending(at: end)] }
    },
    Situation(name: "an expired and a good secret", refused: nil) { server, client in
      let end = server.clocks.wall.now
      let other = try await server.administration.client(try await server.makeClient().id.rawValue)
      try await server.change(client) { $0.secrets += other.secrets.map { $0.ending(at: end) } }
    },
    Situation(name: "public", refused: .authenticationMethod) { server, client in
      try await server.change(client) { $0.authenticationMethod = ClientAuthenticationMethod.none }
    },
    Situation(name: "another method", refused: nil) { server, client in
      try await server.change(client) { $0.authenticationMethod = .clientSecretPost }
    },
    Situation(name: "no grant", refused: .grant, remedy: "--grant-type client_credentials") {
      server,
      client in
      try await server.change(client) { $0.grantTypes = [] }
    },
    Situation(name: "an address that it may ask from", address: "127.0.0.1", refused: nil) { server, client in
      try await server.change(client) {
        $0.allowedAddresses = ["10.0.0.0/8", "127.0.0.0/8"].compactMap(AddressRange.init)
      }
    },
    Situation(
      name: "another address",
      address: "127.0.0.1",
      refused: .address,
      remedy: "--allow-address 10.0.0.0/8 --allow-address 127.0.0.1"
    ) { server, client in
      try await server.change(client) { $0.allowedAddresses = ["10.0.0.0/8"].compactMap(AddressRange.init) }
    },
    Situation(name: "an address that is not said", refused: nil, depends: .address) { server, client in
      try await server.change(client) {
        $0.allowedAddresses = ["10.0.0.0/8", "127.0.0.1"].compactMap(AddressRange.init)
      }
    },
    Situation(
      name: "an address that is not said, and a scope of others",
      scopes: ["profile"],
      refused: .scope,
      depends: .address
    ) { server, client in
      try await server.change(client) { $0.allowedAddresses = ["127.0.0.1"].compactMap(AddressRange.init) }
    },
    Situation(name: "a quota, of which asking uses nothing up", refused: nil) { server, client in
      try await server.change(client) { $0.quota = Quota(perMinute: 1) }
    },
    Situation(name: "tokens count from later", refused: .token) { server, client in
      let later = server.clocks.wall.now.advanced(bySeconds: 100)
      try await server.change(client) { $0.tokensNotBefore = later }
    },
  ]

  private func explain(
    _ situation: Situation,
    _ server: TestServer,
    _ client: TestClient
  ) async throws -> Explanation {
    try await server.administration.explain(
      ExplainedRequest(
        scopes: try situation.scopes.map { try #require(Scope($0)) },
        resources: try situation.resources.map { try #require(Resource($0)) },
        from: try situation.address.map { try #require(SourceAddress($0)) } ?? .unknown
      ),
      of: try await server.administration.client(client.id.rawValue),
      settings: Replica.Settings()
    )
  }

  @Test(arguments: situations)
  private func whatRefusesIsNamedAndTheAnswerIsThatOfTheServer(_ situation: Situation) async throws {
    try await TestServer.run { server in
      _ = try await server.administration.createResource(ExplanationTests.stock, description: "Stock")
      _ = try await server.administration.createScope(
        "stock",
        description: "Stock",
        resource: ExplanationTests.stock
      )
      let client = try await server.makeClient { $0.scopes = ["item", "event", "stock"] }
      try await situation.arrange(server, client)
      try await server.replica.catchUp()
      let explanation = try await explain(situation, server, client)

      let refused = explanation.steps.first { $0.isRefused }
      #expect(refused?.subject == situation.refused, "\(explanation)")
      let depends = explanation.steps.first { $0.outcome == .depends }
      #expect(depends?.subject == situation.depends, "\(explanation)")
      if let remedy = situation.remedy {
        #expect(refused?.remedy?.contains(remedy) == true, "\(explanation)")
      }
      #expect(!explanation.json.text().contains(client.secret))

      let names: [String: String?] = [
        "scope": situation.scopes.isEmpty ? nil : situation.scopes.joined(separator: " ")
      ]
      let audiences = situation.resources.map { ($0.contains(":") ? "resource" : "audience", $0) }
      var request = TestRequest(form: client.tokenForm(names) + audiences)
      request.target = "/oauth2/token"
      let response = try await server.send(request)
      switch explanation.answer {
      case .granted(let scopes, _, let lifetime):
        #expect(situation.refused == nil && response.status == 200, "\(response.text)")
        #expect(response.member("scope") == scopes.map(\.name).joined(separator: " "))
        #expect(response.text.contains("\"expires_in\":\(lifetime)"))
      case .refused(let status, let code, let text):
        #expect(situation.refused != nil && response.status == status, "\(response.text)")
        #expect(response.member("error") == code && response.member("error_description") == text)
      }
    }
  }

  @Test func aClientThatThereIsNotIsExplainedToo() async throws {
    try await TestServer.run { server in
      let explanation = server.administration.explainUnknownClient("nobody", "no client has the ID 'nobody'")
      var request = TestClient(id: .random(using: .system), secret: "0123456789").tokenRequest()
      request.target = "/oauth2/token"
      let response = try await server.send(request)
      guard case .refused(let status, let code, let text) = explanation.answer else {
        Issue.record("granted")
        return
      }
      #expect(response.status == status && response.member("error") == code)
      #expect(response.member("error_description") == text)
    }
  }
}

extension StoredSecret {
  /// The same secret by another name, until then.
  fileprivate func ending(at end: Timestamp) -> StoredSecret {
    StoredSecret(name: "other", hash: hash, createdAt: createdAt, expiresAt: end)
  }
}
