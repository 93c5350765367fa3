import TesseraCore
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// Every number that limits what is registered, on both sides of its edge.
@Suite struct RegistrationLimitTests {
  private func text(_ count: Int) -> String { String(repeating: "a", count: count) }

  /// It works up to a number and not beyond it.
  private func expect(
    upTo most: Int,
    from least: Int? = nil,
    _ attempt: (Int) async throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    await #expect(throws: Never.self, sourceLocation: sourceLocation) { try await attempt(most) }
    await #expect(throws: AdministrationError.self, sourceLocation: sourceLocation) {
      try await attempt(most + 1)
    }
    guard let least else { return }
    await #expect(throws: Never.self, sourceLocation: sourceLocation) { try await attempt(least) }
    await #expect(throws: AdministrationError.self, sourceLocation: sourceLocation) {
      try await attempt(least - 1)
    }
  }

  @Test("T33 a client ID has 1 to 255 characters, an imported secret 8 to 255")
  func credentials() async throws {
    try await TestServer.run { server in
      await expect(upTo: 255, from: 1) { count in _ = try await server.makeClient { $0.id = text(count) } }
      await expect(upTo: 255, from: 8) { count in
        let client = try await server.makeClient { $0.importedSecret = text(count) }
        let response = try await server.send(client.tokenRequest())
        #expect(response.status == 200)
      }
    }
  }

  @Test("T33 a name has 1 to 100 characters and at most 400 bytes")
  func names() async throws {
    try await TestServer.run { server in
      await expect(upTo: 100, from: 1) { count in _ = try await server.makeClient { $0.name = text(count) } }
      // Of four bytes, so that both edges meet.
      let name = String(repeating: "😀", count: 100)
      _ = try await server.makeClient { $0.name = name }
      await #expect(throws: AdministrationError.self) {
        _ = try await server.makeClient { $0.name = "\u{1F468}\u{1F3FD}" + name.dropFirst() }
      }
    }
  }

  @Test("T33 a scope has 1 to 128 characters, a client 64 of them, and it gets all at once")
  func scopes() async throws {
    try await TestServer.run { server in
      let resource = TokenWorld.resource
      await expect(upTo: 128, from: 1) { count in
        _ = try await server.administration.createScope(text(count), description: "X", resource: resource)
      }
      let names = (0..<65).map { "scope-\($0)" }
      for name in names {
        _ = try await server.administration.createScope(name, description: "X", resource: resource)
      }
      try await server.directory.catchUp()
      await expect(upTo: 64) { count in
        _ = try await server.makeClient { $0.scopes = Array(names.prefix(count)) }
      }
      let client = try await server.makeClient { $0.scopes = [text(128)] + names.prefix(63) }
      for door in Door.allCases {
        try await Door.$current.withValue(door) {
          let all = ([text(128)] + names.prefix(63)).joined(separator: ",")
          let response = try await server.send(client.tokenRequest(["scope": all]))
          #expect(response.status == 200)
          #expect(response.member("scope") == all.replacing(",", with: door.scopeSeparator))
          let more = try await server.send(client.tokenRequest(["scope": all + ",x"]))
          #expect(more.status == 400)
        }
      }
    }
  }

  @Test(
    "T33 a client has 16 claims with names of 1 to 64 characters, 10 secrets, and introspects for 64 APIs"
  )
  func clients() async throws {
    try await TestServer.run { server in
      await expect(upTo: 16) { count in
        _ = try await server.makeClient { registration in
          registration.claims = Dictionary(uniqueKeysWithValues: (0..<count).map { ("claim-\($0)", "x") })
        }
      }
      await expect(upTo: 64, from: 1) { count in
        _ = try await server.makeClient { $0.claims = [text(count): "x"] }
      }
      await #expect(throws: AdministrationError.self) {
        _ = try await server.makeClient { $0.claims = ["tenant": "a", "Tenant": "b"] }
      }
      let client = try await server.makeClient()
      for number in 2...10 {
        _ = try await server.administration.addSecret(to: client.id, named: "secret \(number)")
      }
      await #expect(throws: AdministrationError.self) {
        _ = try await server.administration.addSecret(to: client.id, named: "secret 11")
      }
      let resources = (0..<65).map { "urn:api:\($0)" }
      for uri in resources { _ = try await server.administration.createResource(uri, description: "X") }
      await expect(upTo: 64) { count in
        _ = try await server.makeClient {
          $0.scopes = []
          $0.introspectedResources = Array(resources.prefix(count))
        }
      }
    }
  }

  @Test("T33 an identifier of a resource has 1 to 512 characters")
  func resources() async throws {
    try await TestServer.run { server in
      await expect(upTo: 512, from: 1) { count in
        _ = try await server.administration.createResource(text(count), description: "X")
      }
    }
  }

  @Test("T33 a secret expires in 1 to 36,500 days, a token in 10 seconds to the longest lifetime")
  func times() async throws {
    try await TestServer.run { server in
      await expect(upTo: 36_500, from: 1) { count in
        _ = try await server.makeClient { $0.secretExpiresInDays = count }
      }
      await expect(upTo: TokenLifetime().longest, from: TokenLifetime.shortest) { count in
        _ = try await server.makeClient { $0.tokenLifetime = count }
      }
    }
  }
}
