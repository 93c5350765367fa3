import Foundation
import JWTKit
import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// Events as Security Event Tokens (RFC 8417), verified by a library that is not ours.
@Suite struct SecurityEventTokenTests {
  private struct Claims: JWTPayload {
    let iss: String
    let aud: String
    let jti: String
    let iat: Int
    let toe: Int?
    let sub: String?
    let exp: Int?
    let events: [String: [String: JSONText]]

    func verify(using algorithm: some JWTAlgorithm) throws {}

    /// A member of an event, as text.
    enum JSONText: Codable, Equatable {
      case text(String)
      case other

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = (try? container.decode(String.self)).map { .text($0) } ?? .other
      }

      func encode(to encoder: any Encoder) throws {}
    }
  }

  private func token(_ event: SecurityEvent, on server: TestServer) throws -> String {
    let token = SecurityEventToken(issuer: TestServer.issuer, audience: "https://hooks.example/in?a=b")
    let bytes = try token.encode(event, by: server.replica.facts().keyRing, at: server.clocks.wall.now)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func record(_ text: String = "subject") -> AuditRecord {
    AuditRecord(
      number: 7,
      event: AuditEvent(
        time: Timestamp(milliseconds: 1_600_000_000_900),
        actor: "cli:älice \"\u{1}",
        action: .clientUpdated,
        subject: text,
        details: ["name": "\u{202E}Bücher"]
      ),
      differences: ["name": AuditDifference(before: "a", after: nil)],
      after: AuditChain.start
    )
  }

  @Test("A record verifies by the published key set, and says who, for whom, when and what")
  func verifies() async throws {
    try await TestServer.run { server in
      let keySet = try await server.send(.keySet).text
      let keys = try await JWTKeyCollection().add(jwksJSON: keySet)
      let text = try token(SecurityEvent(.record(record())), on: server)
      let claims = try await keys.verify(text, as: Claims.self)
      #expect(claims.iss == TestServer.issuer && claims.aud == "https://hooks.example/in?a=b")
      #expect(Int64(claims.iat) == server.clocks.wall.now.milliseconds / 1000 && claims.toe == 1_600_000_000)
      #expect(claims.sub == nil && claims.exp == nil)
      let event = try #require(claims.events["urn:tessera:event:client.updated"])
      #expect(claims.events.count == 1)
      #expect(event["action"] == .text("client.updated") && event["subject"] == .text("subject"))
      #expect(event["actor"] == .text("cli:älice \"\u{1}"))
      let header = try TestJWT(text).header
      #expect(header["typ"] as? String == "secevent+jwt" && header["alg"] as? String == "ES256")

      // The negative twin: one that was altered does not verify.
      var parts = text.components(separatedBy: ".")
      parts[1] = try token(SecurityEvent(.record(record("other"))), on: server).components(separatedBy: ".")[
        1
      ]
      let altered = parts.joined(separator: ".")
      await #expect(throws: (any Error).self) { _ = try await keys.verify(altered, as: Claims.self) }
    }
  }

  @Test("It is no access token")
  func isNoAccessToken() async throws {
    try await TestServer.run { server in
      let inspector = TestInspector(
        replica: server.replica,
        formats: AuthorizationServer.tokenFormats(issuer: TestServer.issuer),
        clock: server.clocks.wall
      )
      let text = try token(SecurityEvent(.record(record())), on: server)
      #expect(try await inspector.verdict(on: text[...].utf8) == .unreadable)
    }
  }

  @Test("An ID is that of one event, and the same each time")
  func ids() throws {
    let first = record()
    #expect(SecurityEvent(.record(first)).id == SecurityEvent(.record(first)).id)
    #expect(SecurityEvent(.record(first)).id != SecurityEvent(.record(record("other"))).id)
    let secret = ExpiringCredential(
      .secret,
      clientID: try #require(ClientID("a")),
      clientName: "A",
      name: "one",
      createdAt: Timestamp(milliseconds: 1),
      expiresAt: Timestamp(milliseconds: 2)
    )
    let ids = ExpiryLead.allCases.map { SecurityEvent(.expiry(secret, $0)).id }
    #expect(Set(ids).count == 3)
  }

  @Test("Every kind that can be chosen has a name of its own", arguments: SecurityEventKind.all)
  func kinds(kind: SecurityEventKind) {
    #expect(SecurityEventKind(kind.name) == kind && kind.uri == "urn:tessera:event:\(kind.name)")
    #expect(SecurityEventKind.all.count { $0.name == kind.name } == 1)
  }

  @Test(
    "What nobody can choose is no kind",
    arguments: ["test", "", "client", "CLIENT.CREATED", "client.created "]
  )
  func noKind(name: String) {
    #expect(SecurityEventKind(name) == nil)
  }
}
