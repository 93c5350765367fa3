import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// Certificates for which an authority stands (RFC 8705 §2.1).
@Suite struct CertificateAuthorityTests {
  private static let name = "CN=billing,O=Example"

  @Test(
    "M4 the certificate leads to an authority that is trusted, directly or by those that came along with it"
  )
  func chain() async throws {
    try await CertificateWorld.run { world in
      let client = try await world.client(.distinguishedName, CertificateAuthorityTests.name)
      expect(try await world.ask(client, world.issue()), grants: "item")
      let between = try world.authority.intermediate(at: CertificateWorld.time)
      let behind = try between.issueClient(at: CertificateWorld.time)
      expect(try await world.ask(client, behind), grants: "item")
      let alone = TestCertificate(
        chain: [try between.issueClient(at: CertificateWorld.time).chain[0]],
        key: ""
      )
      expect(try await world.ask(client, alone), is: .failedInBody)
      let stranger = try TestAuthority(at: CertificateWorld.time)
      expect(try await world.ask(client, stranger.issueClient(at: CertificateWorld.time)), is: .failedInBody)
      // One that has the name of the authority, and another key.
      let namesake = try TestAuthority(named: world.authority, at: CertificateWorld.time)
      expect(try await world.ask(client, namesake.issueClient(at: CertificateWorld.time)), is: .failedInBody)
      // A client's certificate signs no other.
      let forged = try world.authority.posing(at: CertificateWorld.time).issueClient(
        at: CertificateWorld.time
      )
      expect(try await world.ask(client, forged), is: .failedInBody)
    }
  }

  @Test("M4 a certificate counts from its first to its last second, also once it is remembered")
  func validity() async throws {
    try await CertificateWorld.run { world in
      let client = try await world.client(.distinguishedName, CertificateAuthorityTests.name)
      let short = try world.issue { $0.to = 60 }
      let later = try world.issue { ($0.from, $0.to) = (30, 90) }
      expect(try await world.ask(client, short), grants: "item")
      expect(try await world.ask(client, later), is: .failedInBody)
      world.server.clocks.advance(seconds: 59)
      expect(try await world.ask(client, short), grants: "item")
      expect(try await world.ask(client, later), grants: "item")
      world.server.clocks.advance(seconds: 3)
      expect(try await world.ask(client, short), is: .failedInBody)
    }
  }

  @Test("M4 a certificate is for clients, or for whatever it is asked for, and for what is known of it")
  func usage() async throws {
    try await CertificateWorld.run { world in
      let client = try await world.client(.distinguishedName, CertificateAuthorityTests.name)
      for usage in [TestClientProfile.Usage.clients, .anything] {
        expect(try await world.ask(client, world.issue { $0.usage = usage }), grants: "item")
      }
      expect(try await world.ask(client, world.issue { $0.usage = .servers }), is: .failedInBody)
      expect(try await world.ask(client, world.issue { $0.isAuthority = true }), is: .failedInBody)
      expect(try await world.ask(client, world.issue { $0.hasUnknownExtension = true }), is: .failedInBody)
    }
  }

  @Test(
    "M4 a certificate that its authority has revoked counts for nothing, and without a list that counts none does"
  )
  func revocation() async throws {
    let time = CertificateWorld.time
    var setting = CertificateWorld.Setting()
    setting.revoked = { try $0.revocationList(of: [], at: time, until: time.addingTimeInterval(600)) }
    try await CertificateWorld.run(setting) { world in
      let client = try await world.client(.distinguishedName, CertificateAuthorityTests.name)
      let stolen = try world.issue()
      let other = try world.issue()
      expect(try await world.ask(client, stolen), grants: "item")
      let list = try world.authority.revocationList(
        of: [stolen],
        at: time,
        until: time.addingTimeInterval(600)
      )
      let new = try RevocationList.lists(in: Array(list.utf8))
      world.authorities.replace { $0.revocations = new }
      expect(try await world.ask(client, stolen), is: .failedInBody)
      expect(try await world.ask(client, other), grants: "item")
      world.server.clocks.advance(seconds: 601)
      try await world.server.replica.catchUp()
      expect(try await world.ask(client, other), is: .failedInBody, "the list has ended")
      // The list of somebody else by the name of the authority.
      let namesake = try TestAuthority(named: world.authority, at: time)
      let forged = try namesake.revocationList(of: [], at: time, until: time.addingTimeInterval(3600))
      let unsigned = try RevocationList.lists(in: Array(forged.utf8))
      world.authorities.replace { $0.revocations = unsigned }
      expect(try await world.ask(client, other), is: .failedInBody)
      world.authorities.replace { $0.revocations = nil }
      expect(try await world.ask(client, other), grants: "item")
    }
  }

  @Test("M13 a certificate is of the client that it names in whole, by the kind of name that is registered")
  func names() async throws {
    try await CertificateWorld.run { world in
      let alternatives: [TestClientProfile.Alternative] = [
        .dns("billing.example"), .uri("spiffe://example/billing"), .ip([192, 0, 2, 7]),
        .email("b@example.com"),
      ]
      let certificate = try world.issue { $0.alternatives = alternatives }
      for (kind, good, bad) in [
        (
          CertificateSubject.Kind.distinguishedName, CertificateAuthorityTests.name,
          [
            "CN=billing", "O=Example", "O=Example,CN=billing", "CN=Billing,O=Example", "CN=billing+O=Example",
            "CN=billing,O=Example,C=FR", "CN=billing\\,O=Example",
          ]
        ), (.dns, "BILLING.example", ["example", "*.example", "a.billing.example", "billing.example.com"]),
        (.uri, "spiffe://example/billing", ["spiffe://example/billing/a", "spiffe://Example/billing"]),
        (.ip, "192.0.2.7", ["192.0.2.8", "::1"]),
        (.email, "b@example.com", ["B@example.com", "a@example.com"]),
      ] {
        expect(try await world.ask(world.client(kind, good), certificate), grants: "item", "\(good)")
        for text in bad {
          expect(try await world.ask(world.client(kind, text), certificate), is: .failedInBody, "\(text)")
        }
      }
    }
  }

  @Test("M13 odd names impersonate nobody: several CNs, NUL, an address as a name, a name in another field")
  func oddNames() async throws {
    try await CertificateWorld.run { world in
      let byName = try await world.client(.distinguishedName, CertificateAuthorityTests.name)
      for names in [
        ["billing", "billing"], ["other", "billing"], ["billing", "other"], ["billing\u{0}.evil"],
        ["billing "], [],
        ["billing,O=Example"],
      ] {
        expect(
          try await world.ask(byName, world.issue { $0.commonNames = names }),
          is: .failedInBody,
          "\(names)"
        )
      }
      let byHost = try await world.client(.dns, "billing.example")
      let byAddress = try await world.client(.ip, "192.0.2.7")
      let odd: [[TestClientProfile.Alternative]] = [
        [.dns("billing.example\u{0}.evil.example")], [.dns("*.example")], [.uri("billing.example")],
        [.email("billing.example")], [.dns("192.0.2.7")], [.uri("192.0.2.7")],
        [.ip(Array("192.0.2.7".utf8))], [.ip([192, 0, 2])], [],
      ]
      for alternatives in odd {
        let certificate = try world.issue {
          $0.alternatives = alternatives
          $0.commonNames = ["billing.example"]
        }
        expect(try await world.ask(byHost, certificate), is: .failedInBody, "\(alternatives)")
        expect(try await world.ask(byAddress, certificate), is: .failedInBody, "\(alternatives)")
      }
      let good = try world.issue {
        $0.alternatives = [.dns("a.example"), .dns("billing.example"), .ip([192, 0, 2, 7])]
      }
      expect(try await world.ask(byHost, good), grants: "item")
      expect(try await world.ask(byAddress, good), grants: "item")
    }
  }

  @Test("M13 a certificate with very many names is not searched")
  func manyNames() async throws {
    try await CertificateWorld.run { world in
      let client = try await world.client(.dns, "n1.example")
      for (count, isTaken) in [(100, true), (129, false)] {
        let certificate = try world.issue { $0.alternatives = (1...count).map { .dns("n\($0).example") } }
        let answer = try await world.ask(client, certificate)
        if isTaken { expect(answer, grants: "item") } else { expect(answer, is: .failedInBody) }
      }
    }
  }
}
