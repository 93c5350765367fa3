import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What files declare, on every kind of store.
@Suite struct DeclarationStatements {
  private static let place = DeclaredPlace(file: "apps.yaml", line: 1, column: 1)

  private func entry(_ members: [String: DeclaredValue]) -> DeclaredEntry {
    DeclaredEntry(
      members.mapValues { DeclaredEntry.Member($0, at: DeclarationStatements.place) },
      at: DeclarationStatements.place
    )
  }

  /// A resource, a scope and this many clients that have it.
  private func declaration(clients count: Int, lifetime: Int = 60) -> Declaration {
    Declaration([
      .resources: [entry(["uri": .text("urn:orders"), "description": .text("Orders")])],
      .scopes: [
        entry(["name": .text("orders"), "description": .text("Orders"), "resource": .text("urn:orders")])
      ],
      .clients: (0..<count).map { index in
        entry([
          "name": .text("client \(index)"), "scopes": .texts(["orders"]),
          "token_lifetime": .integer(lifetime),
        ])
      },
    ])
  }

  @Test("G7 what is declared is done, its clients get tokens, and doing it again changes nothing")
  func doneOnce() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      let plan = try await administration.plan(declaration(clients: 3))
      let changes = try await administration.changes(for: plan)
      try await administration.apply(changes)
      #expect(changes.secrets.count == 3)
      try await server.replica.catchUp()
      for made in changes.secrets {
        let client = TestClient(id: made.clientID, secret: made.secret.exposed)
        let response = try await server.send(client.tokenRequest(["scope": "orders"]))
        #expect(response.status == 200, "\(response)")
      }
      let records = try await administration.auditRecords(limit: 99).elements.count
      #expect(try await administration.plan(declaration(clients: 3)).changes.isEmpty)
      let again = try await administration.changes(for: administration.plan(declaration(clients: 3)))
      try await administration.apply(again)
      #expect(again.secrets.isEmpty)
      #expect(try await administration.auditRecords(limit: 99).elements.count == records)
    }
  }

  @Test("G7 when anything of it changes between plan and apply, nothing of it is done")
  func overtaken() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      let first = try await administration.plan(declaration(clients: 2))
      try await administration.apply(administration.changes(for: first))
      let id = try await administration.client("client 0").id
      let overtaking: [() async throws -> Void] = [
        { try await administration.setClient(id, enabled: false, keepingTokens: true) },
        { try await administration.retireScope("event") },
        { _ = try await administration.createResource("urn:other", description: "Other") },
        {
          _ = try await server.makeClient {
            $0.name = "Client 2"
            $0.scopes = ["item"]
          }
        },
        { try await administration.deleteClient(administration.client("client 0")) },
      ]
      for overtake in overtaking {
        let plan = try await administration.plan(declaration(clients: 3, lifetime: 120))
        let changes = try await administration.changes(for: plan)
        try await overtake()
        let records = try await administration.auditRecords(limit: 99).elements.count
        let error = await #expect(throws: AdministrationError.self) {
          try await administration.apply(changes)
        }
        guard case .conflict? = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
        #expect(try await administration.auditRecords(limit: 99).elements.count == records)
        #expect(try await administration.client("client 1").tokenLifetime == 60)
      }
      let last = try await administration.plan(declaration(clients: 2, lifetime: 120))
      try await administration.apply(administration.changes(for: last))
      #expect(try await administration.client("client 1").tokenLifetime == 120)
    }
  }

  @Test("G7 a plan asks the store as often for many clients as for one")
  func reads() async throws {
    try await TestServer.run { server in
      func reads(_ count: Int) async throws -> Int {
        let before = server.store.readCount
        _ = try await server.administration.changes(
          for: server.administration.plan(declaration(clients: count))
        )
        return server.store.readCount - before
      }
      let one = try await reads(1)
      #expect(try await reads(300) == one)
      let plan = try await server.administration.plan(declaration(clients: 300))
      try await server.administration.apply(server.administration.changes(for: plan))
      #expect(try await reads(300) <= one)
    }
  }
}
