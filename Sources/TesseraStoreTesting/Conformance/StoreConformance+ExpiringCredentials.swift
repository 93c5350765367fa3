import TesseraCore
import TesseraJOSE
import Testing

/// Which credentials expire, and how many records there are.
extension StoreConformance {
  static let expiringCredentialRules = [
    StoreRule(
      "Secrets and keys that expire come by time, client and name, a page at a time",
      secretsComeByExpiry
    ),
    StoreRule("Secrets that are gone or changed expire no more", goneSecretsDoNotExpire),
    StoreRule("Audit records are counted by their actions and after a number", recordsAreCounted),
  ]

  private static func secret(_ name: String, expiring milliseconds: Int64?) throws -> StoredSecret {
    StoredSecret(
      name: name,
      hash: .keyed(try Sample.digest(1)),
      createdAt: Sample.time,
      expiresAt: milliseconds.map(Timestamp.init(milliseconds:))
    )
  }

  private static func secretsComeByExpiry(_ store: any Store) async throws {
    let start = ExpiringCredential.Place(milliseconds: .min)
    let end = Timestamp(milliseconds: .max)
    #expect(try await store.expiringCredentials(after: start, through: end, limit: 9) == [])
    var clients: [Client] = []
    var keys = ClientKeyMetadata()
    for (index, key) in Sample.keyMetadata.keys.enumerated() {
      for (name, end) in [("k\(index)", 8), ("l\"\(index)", 1_700_000_000_123), ("m\(index)", nil)]
        as [(String, Int64?)]
      {
        keys.keys.append(
          ClientKey(
            name: name,
            material: key.material,
            createdAt: Sample.time,
            expiresAt: end.map(Timestamp.init(milliseconds:))
          )
        )
      }
    }
    for id in ["b", "a", "B"] {
      let secrets = [
        try secret("never", expiring: nil), try secret("late", expiring: 9), try secret("o'é", expiring: 5),
        try secret("Z", expiring: 5),
      ]
      var client = try Sample.client(id, name: "Kunde \(clients.count)", secrets: secrets)
      client.keyMetadata = keys
      try await store.insertClient(client, audit: Sample.event())
      clients.append(client)
    }
    let expected = clients.flatMap(\.expiringCredentials).sorted { $0.place < $1.place }
    #expect(
      expected.map { "\($0.clientID.rawValue) \($0.name)" }.prefix(4) == ["B Z", "B o'é", "a Z", "a o'é"]
    )
    #expect(Set(expected.map(\.kind)) == [.secret, .certificate, .key])
    for size in [1, 2, 4, 40] {
      var found: [ExpiringCredential] = []
      while true {
        let page = try await store.expiringCredentials(
          after: found.last?.place ?? start,
          through: end,
          limit: size
        )
        found += page
        if page.count < size { break }
      }
      #expect(found == expected)
    }
    let five = Timestamp(milliseconds: 5)
    #expect(try await store.expiringCredentials(after: start, through: five, limit: 20).count == 6)
    let four = Timestamp(milliseconds: 4)
    #expect(try await store.expiringCredentials(after: start, through: four, limit: 20) == [])
    let before = ExpiringCredential.Place(before: five)
    #expect(try await store.expiringCredentials(after: before, through: five, limit: 20).count == 6)
    let after = ExpiringCredential.Place(before: Timestamp(milliseconds: 6))
    #expect(try await store.expiringCredentials(after: after, through: end, limit: 20).count == 15)
    #expect(try await store.expiringCredentials(after: start, through: end, limit: 0) == [])
  }

  private static func goneSecretsDoNotExpire(_ store: any Store) async throws {
    func names() async throws -> [String] {
      let start = ExpiringCredential.Place(milliseconds: .min)
      return try await store.expiringCredentials(
        after: start,
        through: Timestamp(milliseconds: .max),
        limit: 9
      ).map(\.name)
    }
    let secrets = [try secret("one", expiring: 5), try secret("two", expiring: 6)]
    let client = try Sample.client("a", secrets: secrets)
    try await store.insertClient(client, audit: Sample.event())
    #expect(try await names() == ["one", "two"])
    let other = try secret("two", expiring: nil)
    try await store.updateClient(client.id, audit: Sample.event()) { client throws(StoreError) in
      client.secrets[1] = other
    }
    #expect(try await names() == ["one"])
    try await store.deleteClient(client.id, audit: Sample.event())
    #expect(try await names() == [])
  }

  private static func recordsAreCounted(_ store: any Store) async throws {
    let actions: [AuditEvent.Action] = [.scopeCreated, .clientCreated, .scopeCreated]
    for (index, action) in actions.enumerated() {
      try await store.insertScope(try Sample.definition("scope-\(index)"), audit: Sample.event(action))
    }
    let records = try await store.auditRecords(of: nil, after: .min, limit: 9)
    let all = Set(AuditEvent.Action.allCases)
    #expect(try await store.auditRecordCount(of: all, after: .min) == 3)
    #expect(try await store.auditRecordCount(of: [.scopeCreated], after: .min) == 2)
    #expect(try await store.auditRecordCount(of: [.scopeCreated], after: records[0].number) == 1)
    #expect(try await store.auditRecordCount(of: all, after: records[2].number) == 0)
    #expect(try await store.auditRecordCount(of: [], after: .min) == 0)
    #expect(try await store.auditRecordCount(of: [.keyRemoved], after: .min) == 0)
  }
}
