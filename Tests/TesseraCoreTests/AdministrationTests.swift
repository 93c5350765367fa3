import Synchronization
import TesseraJOSE
import TesseraStoreTesting
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What operators can do and look at, and how they are told what is wrong.
@Suite struct AdministrationTests {
  private typealias Field = AdministrationError.Field

  /// The field that is named when this is refused; fails when it is not.
  private func field(_ attempt: () async throws -> Void) async throws -> Field? {
    do {
      try await attempt()
    } catch let error as AdministrationError {
      guard case .invalid(let field, _) = error else { throw error }
      return field
    }
    Issue.record("it was not refused")
    return nil
  }

  private static let invalid: [(AdministrationError.Field, @Sendable (inout TestRegistration) -> Void)] = [
    (.name, { $0.name = "" }), (.scopes, { $0.scopes = ["a,b"] }), (.scopes, { $0.scopes = ["nonsense"] }),
    (.scopes, { $0.scopes = [] }), (.clientID, { $0.id = "" }),
    (.grantTypes, { $0.grantTypes = [GrantType(name: "password", code: 200)] }),
    (.tokenLifetime, { $0.tokenLifetime = 1 }), (.secretExpiry, { $0.secretExpiresInDays = 0 }),
    (.secret, { $0.importedSecret = "short" }), (.defaultScopes, { $0.defaultScopes = ["x"] }),
    (.claims, { $0.claims = ["sub": "x"] }), (.claims, { $0.claims = ["tenant": " x"] }),
    (.introspects, { $0.introspectedResources = ["urn:nobody"] }),
    (
      .secret,
      {
        $0.authenticationMethod = ClientAuthenticationMethod.none
        $0.importedSecret = "12345678"
      }
    ),
  ]

  @Test(arguments: AdministrationTests.invalid.indices)
  func aRefusalNamesTheField(index: Int) async throws {
    let (expected, change) = AdministrationTests.invalid[index]
    try await TestServer.run { server in
      let count = try await server.administration.auditRecords(limit: 10).elements.count
      #expect(try await field { _ = try await server.makeClient(change) } == expected)
      #expect(try await server.administration.clients(limit: 1).elements.isEmpty)
      #expect(try await server.administration.auditRecords(limit: 10).elements.count == count)
    }
  }

  @Test func aRefusalInTheMiddleOfAWriteNamesTheFieldToo() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.scopes = ["item"] }
      var update = ClientUpdate()
      update.defaultScopes = [try Scope("event", of: .defaultScopes)]
      let named = try await field {
        _ = try await server.administration.updateClient(client.id, update)
      }
      #expect(named == .defaultScopes)
      #expect(try await server.administration.client(client.id.rawValue).defaultScopes.isEmpty)
    }
  }

  @Test func whatIsMissingIsSaidByItsKind() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      let nobody = try ClientID(new: "nobody")
      let client = try await administration.client(try await server.makeClient().id.rawValue)
      let attempts: [(AdministrationError.Kind, () async throws -> Void)] = [
        (.client, { _ = try await administration.client("nobody") }),
        (.client, { _ = try await administration.updateClient(nobody, rename("x")) }),
        (.scope, { try await administration.retireScope("nonsense") }),
        (.scope, { _ = try await administration.scope(named: "a,b") }),
        (.resource, { try await administration.retireResource("urn:nobody") }),
        (.resource, { _ = try await administration.resource("urn:nobody") }),
        (.secret, { try await administration.revokeSecret(named: "x", of: client.id) }),
        (.key, { _ = try await administration.keyUses([.signing(.edDSA)]) }),
      ]
      for (kind, attempt) in attempts {
        do {
          try await attempt()
          Issue.record("there is such a \(kind)")
        } catch AdministrationError.notFound(let found, _) {
          #expect(found == kind)
        }
      }
    }
  }

  @Test func aStoreThatCannotAnswerIsUnavailable() async throws {
    try await TestServer.run { server in
      server.store.failure = .unavailable("outage")
      let outage = AdministrationError.unavailable("outage")
      await #expect(throws: outage) { try await server.administration.clients(limit: 1) }
      await #expect(throws: outage) { try await server.administration.keys() }
      await #expect(throws: outage) { try await server.administration.revokeAllTokens() }
      server.store.failure = nil
    }
  }

  @Test func anEditOfAnotherVersionIsRefusedWithBoth() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      let id = try await server.makeClient().id
      func version() async throws -> Int? { try await server.store.client(id)?.version }
      var update = try rename("first")
      update.ifVersion = 1
      #expect(try await administration.updateClient(id, update).version == 2)
      update = try rename("second")
      update.ifVersion = 1
      let stale = AdministrationError.versionMismatch(given: 1, current: 2)
      await #expect(throws: stale) { try await administration.updateClient(id, update) }
      await #expect(throws: stale) { try await administration.setClient(id, enabled: false, ifVersion: 1) }
      let client = try await administration.client("first")
      await #expect(throws: stale) { try await administration.deleteClient(client, ifVersion: 1) }
      #expect(try await version() == 2)
      update.ifVersion = nil
      #expect(try await administration.updateClient(id, update).version == 3, "whatever there is")
      _ = try await administration.addSecret(to: id, named: "next")
      #expect(try await administration.revokeTokens(of: id).version == 5)
      try await administration.setClient(id, enabled: false, ifVersion: 5)
      try await administration.deleteClient(client, ifVersion: 6)
      #expect(try await version() == nil)
    }
  }

  @Test func anEditOfAnotherVersionOfAResourceIsRefusedWithBoth() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      let resource = try Resource(existing: Administration.defaultResource)
      var update = ResourceUpdate()
      update.description = try DisplayName("first")
      update.ifVersion = 1
      #expect(try await administration.updateResource(resource, update).version == 2)
      let stale = AdministrationError.versionMismatch(given: 1, current: 2)
      await #expect(throws: stale) { try await administration.updateResource(resource, update) }
      await #expect(throws: stale) { try await administration.retireResource(resource, ifVersion: 1) }
      #expect(try await administration.resource(resource.uri).retiredAt == nil)
      try await administration.retireResource(resource, ifVersion: 2)
      #expect(try await administration.resource(resource.uri).version == 3)
    }
  }

  @Test func longListsAreReadPageByPage() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      for _ in 0..<5 { _ = try await server.makeClient() }
      var (ids, sizes): ([ClientID], [Int]) = ([], [])
      var last: ClientID?
      repeat {
        let page = try await administration.clients(after: last, limit: 2)
        ids += page.elements.map(\.id)
        sizes.append(page.elements.count)
        last = page.next
      } while last != nil
      #expect(sizes == [2, 2, 1])
      #expect(ids == ids.sorted() && Set(ids).count == 5)
      let first = try await administration.auditRecords(limit: 4)
      let second = try await administration.auditRecords(before: first.next, limit: 4)
      #expect((first.elements + second.elements).map(\.number) == [6, 5, 4, 3, 2, 1])
      #expect(second.next == nil)
    }
  }

  @Test func whatThereIsCanBeRead() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      let client = try await server.makeClient()
      let answer = try await server.send(client.tokenRequest())
      let text = try #require(answer.accessToken)
      let token = try #require(try server.openToken(text))
      try await administration.revokeToken(token)
      #expect(try await administration.revocations(limit: 9).elements.map(\.token) == [token.id])
      #expect(try await administration.serverState().tokensNotBefore == nil)
      try await administration.revokeAllTokens()
      #expect(try await administration.serverState().tokensNotBefore != nil)
      #expect(try await administration.scope(named: "item").resource.uri == Administration.defaultResource)
      #expect(try await administration.resource(Administration.defaultResource).retiredAt == nil)
      #expect(try await administration.grantedScopes().count == 4)
      try await administration.retireScope("item")
      #expect(!(try await administration.grantedScopes().map(\.name).contains("item")))
      #expect(try await administration.scopes().count == 4)
    }
  }

  @Test func aGrantThatTheServerHasCanBeRegisteredFor() async throws {
    try await TestServer.run { server in
      let second = GrantType(name: "urn:example:second", code: 200)
      let administration = Administration(
        store: server.store,
        masterKey: server.masterKey,
        grantTypes: [.clientCredentials, second],
        actor: "test",
        clock: server.clocks.wall
      )
      #expect(try administration.grantType(named: second.name) == second)
      var registration = try TestRegistration().checked()
      registration.grantTypes = [second, second]
      let client = try await administration.registerClient(registration).client
      #expect(client.grantTypes == [second])
      var update = ClientUpdate()
      update.scopes = [try Scope("item", of: .scopes)]
      #expect(try await administration.updateClient(client.id, update).grantTypes == [second])
      update.grantTypes = [.clientCredentials, second]
      #expect(
        try await administration.updateClient(client.id, update).grantTypes == [.clientCredentials, second]
      )
      let other = try await field { _ = try await server.administration.updateClient(client.id, update) }
      #expect(other == .grantTypes, "a server without it")
      await #expect(
        throws: AdministrationError.invalid(
          .grantTypes,
          "this server has no grant type 'x'; it has: client_credentials"
        )
      ) { try server.administration.grantType(named: "x") }
    }
  }

  @Test func anImportedSecretIsHashedOutsideTheCooperativePool() async throws {
    let isOutside = Mutex<Bool?>(nil)
    let digest = try #require(SecretDigest(bytes: [UInt8](repeating: 3, count: 32)))
    #expect(withUnsafeCurrentTask { $0 != nil }, "whatever runs on the pool is a task")
    let secret = try ClientSecret(existing: "correct horse")
    let hash = await SecretImporter().hash(secret, salt: [1, 2]) { _, _ in
      isOutside.withLock { isOutside in withUnsafeCurrentTask { isOutside = $0 == nil } }
      return digest
    }
    #expect(hash == .stretched(salt: [1, 2], digest))
    #expect(isOutside.withLock { $0 } == true)
  }

  private func rename(_ name: String) throws -> ClientUpdate {
    var update = ClientUpdate()
    update.name = try DisplayName(name)
    return update
  }
}
