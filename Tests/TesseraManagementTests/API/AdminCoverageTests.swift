import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraManagement

/// No operation of the management API without a test that calls it without credentials and with the wrong ones.
@Suite struct AdminCoverageTests {
  /// A request for each operation that would do something.
  ///
  /// A new operation gets its line here.
  static let requests: [String: (path: String, body: String?)] = [
    "listClients": ("/admin/v1/clients", nil),
    "createClient": ("/admin/v1/clients", #"{"name":"a","scopes":["item"]}"#),
    "showClient": ("/admin/v1/clients/victim", nil),
    "updateClient": ("/admin/v1/clients/victim", #"{"name":"b"}"#),
    "deleteClient": ("/admin/v1/clients/victim", nil),
    "disableClient": ("/admin/v1/clients/victim/disable", "{}"),
    "enableClient": ("/admin/v1/clients/victim/enable", nil),
    "revokeTokensOfClient": ("/admin/v1/clients/victim/revoke-tokens", nil),
    "listSecrets": ("/admin/v1/clients/victim/secrets", nil),
    "addSecret": ("/admin/v1/clients/victim/secrets", #"{"secret":"second"}"#),
    "revokeSecret": ("/admin/v1/clients/victim/secrets/second", nil),
    "listClientKeys": ("/admin/v1/clients/victim/keys", nil),
    "addClientKey": (
      "/admin/v1/clients/victim/keys",
      #"{"key":"laptop","jwk":{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
        + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}}"#
    ),
    "addClientKeys": (
      "/admin/v1/clients/victim/add-keys",
      #"{"keys":[{"key":"server","jwk":{"kty":"OKP","crv":"Ed25519","#
        + #""x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}]}"#
    ),
    "removeClientKey": ("/admin/v1/clients/victim/keys/laptop", nil),
    "listClientTrusts": ("/admin/v1/clients/victim/trusts", nil),
    "addClientTrust": (
      "/admin/v1/clients/victim/trusts",
      #"{"preset":"github-actions","audiences":["a"],"claims":{"repository":"acme/app"}}"#
    ),
    "removeClientTrust": ("/admin/v1/clients/victim/trusts/github-actions", nil),
    "listScopes": ("/admin/v1/scopes", nil),
    "createScope": ("/admin/v1/scopes", #"{"name":"new","description":"New"}"#),
    "showScope": ("/admin/v1/scopes/item", nil),
    "retireScope": ("/admin/v1/scopes/item/retire", "{}"),
    "listResources": ("/admin/v1/resources", nil),
    "createResource": ("/admin/v1/resources", #"{"resource":"urn:new","description":"New"}"#),
    "showResource": ("/admin/v1/resources/https%3A%2F%2Fapi.ants.tech", nil),
    "updateResource": ("/admin/v1/resources/https%3A%2F%2Fapi.ants.tech", #"{"description":"Other"}"#),
    "retireResource": ("/admin/v1/resources/https%3A%2F%2Fapi.ants.tech/retire", "{}"),
    "listKeys": ("/admin/v1/keys", nil),
    "rotateKeys": ("/admin/v1/keys/rotate", "{}"),
    "listRevocations": ("/admin/v1/revocations", nil),
    "revokeToken": ("/admin/v1/revocations", #"{"token":"x"}"#),
    "revokeAllTokens": ("/admin/v1/revoke-all", nil),
    "listAudit": ("/admin/v1/audit", nil),
    "showUsageOfClient": ("/admin/v1/clients/victim/usage", nil),
    "showUsageOfAll": ("/admin/v1/usage/all", nil),
    "listUsage": ("/admin/v1/usage", nil),
    "listUnused": ("/admin/v1/unused", nil),
    "listDecisions": ("/admin/v1/decisions", nil),
    "showDecision": ("/admin/v1/decisions/ID", nil),
    "exportAudit": ("/admin/v1/audit/export", nil),
    "verifyAudit": ("/admin/v1/audit/verify", "{}"),
    "listRecordedClients": ("/admin/v1/audit/clients?name=nobody", nil),
    "showServer": ("/admin/v1/server", nil),
    "explainClient": ("/admin/v1/clients/victim/explain", #"{"scopes":["item"],"address":"192.0.2.1"}"#),
    "inspectToken": ("/admin/v1/tokens/inspect", #"{"token":"x"}"#),
    "destroyKey": ("/admin/v1/keys/1/destroy", nil),
    "exportDeclaration": ("/admin/v1/declaration", nil),
    "planDeclaration": ("/admin/v1/declaration/plan", #"{"clients":[{"name":"planned","scopes":["item"]}]}"#),
    "applyDeclaration": (
      "/admin/v1/declaration/apply", #"{"clients":[{"name":"applied","scopes":["item"],"secret":"none"}]}"#
    ),
    "importClients": ("/admin/v1/import", #"{"source":"csv","file":"taken item"}"#),
    "listDeliveries": ("/admin/v1/notifications", nil),
    "testDeliveries": ("/admin/v1/notifications/test", nil),
  ]

  @Test func everyOperationIsAskedAndNoOther() {
    #expect(Set(AdminOperation.all.map(\.name)) == Set(Self.requests.keys))
    #expect(Set(AdminOperation.all.map { "\($0.method) \($0.path)" }).count == AdminOperation.all.count)
  }

  @Test("G1 no operation without a token; each needs its scope, and changes nothing without it")
  func everyOperation() async throws {
    try await AdminWorld.run { world in
      let client = try await world.server.makeClient { $0.id = "victim" }
      let foreign = try #require(try await world.server.send(client.tokenRequest()).accessToken)
      var wrong: [OperatorScope: String] = [:]
      for scope in OperatorScope.allCases {
        wrong[scope] = try await world.token(OperatorScope.allCases.filter { $0 != scope })
      }
      let revoked = try await world.admin()
      let opened = try #require(try world.server.openToken(revoked))
      try await world.server.administration.revokeToken(opened)
      try await world.server.replica.catchUp()
      let before = try await world.auditCount()
      for operation in AdminOperation.all {
        let request = try #require(Self.requests[operation.name])
        func ask(_ token: String?) async -> AdminOutcome {
          await world.ask(operation.method, request.path, request.body, token: token)
        }
        let anonymous = await ask(nil)
        #expect(anonymous.status == 401, "\(operation.name)")
        #expect(anonymous.problem?.headers.first?.value == #"Bearer realm="tessera""#)
        for token in ["x", foreign, revoked, foreign + "x"] {
          let outcome = await ask(token)
          #expect(outcome.status == 401, "\(operation.name)")
          #expect(outcome.problem?.headers.first?.value.contains(#"error="invalid_token""#) == true)
        }
        let refused = await ask(wrong[operation.scope])
        #expect(refused.status == 403, "\(operation.name)")
        #expect(
          refused.problem?.headers.first?.value.contains("scope=\"\(operation.scope.rawValue)\"") == true
        )
      }
      let after = try await world.auditCount()
      #expect(after == before, "nothing was changed")
      #expect(
        await world.ask("GET", "/admin/v1/nothing", token: nil).status == 401,
        "not even what is not there"
      )
    }
  }

  @Test("G1 a token that has expired is none")
  func expiredToken() async throws {
    try await AdminWorld.run { world in
      let token = try await world.admin()
      #expect(await world.ask("GET", "/admin/v1/keys", token: token).status == 200)
      world.server.clocks.advance(seconds: Int64(TokenLifetime().longest))
      try await world.server.replica.catchUp()
      #expect(await world.ask("GET", "/admin/v1/keys", token: token).status == 401)
    }
  }

  @Test func everyOperationDoesWhatItSays() async throws {
    try await AdminWorld.run { world in
      let client = try await world.server.makeClient { $0.id = "victim" }
      let issued = try #require(try await world.server.send(client.tokenRequest()).accessToken)
      let refused = try await world.server.send(client.tokenRequest(["scope": "nothing"]))
      let denied = try #require(refused.header("x-request-id"))
      let last = [
        "deleteClient", "retireScope", "retireResource", "rotateKeys", "destroyKey", "revokeAllTokens",
      ]
      let first = AdminOperation.all.filter { !last.contains($0.name) }
      // Before what it needs is taken away.
      let others = last.compactMap { name in AdminOperation.all.first { $0.name == name } }
      for operation in first + others {
        let request = try #require(Self.requests[operation.name])
        let token = try await world.token([operation.scope])
        let takesToken = ["revokeToken", "inspectToken"].contains(operation.name)
        let body = takesToken ? #"{"token":"\#(issued)"}"# : request.body
        let path = request.path.replacing("/decisions/ID", with: "/decisions/\(denied)")
        let outcome = await world.ask(operation.method, path, body, token: token)
        let expected =
          switch operation.outcome {
          case .shown, .listed, .lines: 200
          case .created: 201
          case .done: 204
          }
        #expect(outcome.status == expected, "\(operation.name): \(outcome.text)")
        #expect(try outcome.problems(with: operation) == [], "\(operation.name): \(outcome.text)")
      }
    }
  }
}
