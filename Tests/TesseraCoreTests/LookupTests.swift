import TesseraStoreTesting
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What an operator means by an ID or a name.
@Suite struct LookupTests {
  private func make(_ server: TestServer, _ id: String, _ name: String) async throws -> ClientID {
    try await server.makeClient {
      $0.id = id
      $0.name = name
    }.id
  }

  @Test func anIDCountsBeforeAName() async throws {
    try await TestServer.run { server in
      let first = try await make(server, "alpha", "beta")
      let second = try await make(server, "beta", "gamma")
      let match = try await server.administration.clientMatch("beta")
      #expect(match.found.id == second)
      #expect(match.note == "'beta' was taken as an ID; it is also the name of client alpha")
      for reference in ["alpha", "gamma", "GAMMA"] {
        let match = try await server.administration.clientMatch(reference)
        #expect(match.note == nil && match.found.id == (reference == "alpha" ? first : second))
      }
    }
  }

  @Test func aClientWhoseIDIsItsNameIsNotAmbiguous() async throws {
    try await TestServer.run { server in
      let id = try await make(server, "same", "same")
      let match = try await server.administration.clientMatch("same")
      #expect(match.found.id == id && match.note == nil)
    }
  }

  @Test func aNameThatIsGoneIsNotFoundWithAHint() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      let id = try await make(server, "a", "gone")
      try await administration.deleteClient(try await administration.client("gone"))
      await #expect(
        throws: AdministrationError.notFound(
          .client,
          "no client has the ID or name 'Gone'; client \(id) had that name, see 'tessera audit list --subject \(id)'"
        )
      ) { try await administration.client("Gone") }
      await #expect(throws: AdministrationError.notFound(.client, "no client has the ID or name 'nobody'")) {
        try await administration.client("nobody")
      }
    }
  }

  @Test func theAuditLogIsFoundByNamesOfTheLivingAndTheDead() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      _ = try await make(server, "first", "Sync")
      try await administration.deleteClient(try await administration.client("Sync"))
      var match = try await administration.auditSubject("sync")
      #expect(match.found == "first")
      #expect(match.note == "no client is called 'sync' now; these are the records of client first")

      _ = try await make(server, "second", "sync")
      match = try await administration.auditSubject("sync")
      #expect(match.found == "second")
      #expect(match.note == "these are the records of client second; client first has or had that name too")

      _ = try await make(server, "third", "other")
      match = try await administration.auditSubject("other")
      #expect(match.found == "third" && match.note == nil)
      for subject in ["first", "server", "unknown"] {
        match = try await administration.auditSubject(subject)
        #expect(match.found == subject && match.note == nil)
      }

      _ = try await make(server, "fourth", "server")
      match = try await administration.auditSubject("server")
      #expect(match.found == "server")
      #expect(match.note == "these are the records of 'server' itself; it is also the name of client fourth")
    }
  }

  @Test func aRenamedClientIsFoundByItsOldNameInTheAuditLogOnly() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      let id = try await make(server, "a", "old")
      var update = ClientUpdate()
      update.name = try DisplayName("new")
      _ = try await administration.updateClient(id, update)
      #expect(try await administration.auditSubject("old").found == "a")
      await #expect(throws: AdministrationError.self) { try await administration.client("old") }
    }
  }
}
