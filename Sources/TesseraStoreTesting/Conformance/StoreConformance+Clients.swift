import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let clientRules = [
    StoreRule("A client is found by its identifier, and none by another", clientIsFoundByID),
    StoreRule("Every field of a client comes back as it was", clientComesBackWhole),
    StoreRule("What a client does not have stays absent", absentFieldsStayAbsent),
    StoreRule("Owner, contact, labels and quota are changed and taken away", propertiesAreChanged),
    StoreRule("A client whose identifier is taken is a conflict", takenIdentifierIsConflict),
    StoreRule("The next secret to expire is found among all clients", nextExpiryIsFound),
  ]

  private static func clientIsFoundByID(_ store: any Store) async throws {
    let client = try Sample.client("a")
    try await store.insertClient(client, audit: Sample.event())
    #expect(try await store.client(client.id) == client)
    #expect(try await store.client(try Sample.clientID("A")) == nil)
    #expect(try await store.client(try Sample.clientID("a ")) == nil)
  }

  private static func clientComesBackWhole(_ store: any Store) async throws {
    let client = Client(
      id: try Sample.clientID("id with space & ~'\"%_"),
      name: "O'Ünïcode \"客户\" 👩‍💻 %_;--",
      grantTypes: [.clientCredentials],
      scopes: try Sample.scopes("zebra", "apple", "Mango", "b:c/d"),
      defaultScopes: try Sample.scopes("Mango", "apple"),
      tokenFormat: .jwt,
      claims: ["tenant": "O'Ünïcode \"客户\"\n", "zone": "1"],
      authenticationMethod: .clientSecretPost,
      introspectedResources: [try #require(Resource("urn:b")), try #require(Resource("https://a.example"))],
      allowedAddresses: ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"].compactMap(AddressRange.init),
      tokenLifetime: 90,
      secrets: [
        StoredSecret(
          name: "kept",
          hash: .wrapped([0, 1, 2, 255], try Sample.digest(9)),
          createdAt: Sample.time,
          expiresAt: nil
        ),
        StoredSecret(
          name: "second, first in order",
          hash: .stretched(salt: [0, 1, 255], try Sample.digest(0)),
          createdAt: Timestamp(milliseconds: -1),
          expiresAt: Timestamp(milliseconds: .max),
          prefix: "AB\"%"
        ),
        StoredSecret(
          name: "first",
          hash: .keyed(try Sample.digest(255)),
          createdAt: Timestamp(milliseconds: .min),
          expiresAt: nil
        ),
        StoredSecret(
          name: "third",
          hash: .foreign(
            .scrypt(logCost: 15, blockSize: 8, parallelism: 1, salt: [0, 255], byteCount: 32),
            try Sample.digest(7)
          ),
          createdAt: Timestamp(milliseconds: 1),
          expiresAt: nil
        ),
      ],
      isEnabled: false,
      tokensNotBefore: Timestamp(milliseconds: 0),
      createdAt: Timestamp(milliseconds: -62_135_596_800_000),
      updatedAt: Timestamp(milliseconds: 253_402_300_799_999),
      owner: "O'Ünïcode \"客户\" %_;--",
      contact: "a@example.com",
      labels: ["team": "O'Ünïcode \"客户\"", "a/b.c-d_e": "{}"],
      quota: Quota(perMinute: 1_000_000, burst: 1, isLogOnly: true),
      keyMetadata: Sample.keyMetadata
    )
    try await store.insertClient(client, audit: Sample.event())
    #expect(try await store.client(client.id) == client)
    #expect(try await store.clients(named: client.name) == [client])
    #expect(try await store.clients(after: nil, limit: 1) == [client])
    let name = try await store.client(client.id)?.name ?? ""
    #expect(Array(name.utf8) == Array(client.name.utf8))
  }

  private static func nextExpiryIsFound(_ store: any Store) async throws {
    func next(_ milliseconds: Int64) async throws -> Int64? {
      try await store.nextSecretExpiry(after: Timestamp(milliseconds: milliseconds))?.milliseconds
    }
    #expect(try await next(.min) == nil)
    func secret(_ name: String, expiresAt milliseconds: Int64?) throws -> StoredSecret {
      StoredSecret(
        name: name,
        hash: .keyed(try Sample.digest(1)),
        createdAt: Sample.time,
        expiresAt: milliseconds.map(Timestamp.init(milliseconds:))
      )
    }
    for (id, times) in [("a", [nil, 300]), ("b", [200, 400]), ("c", [nil]), ("d", [])] as [(String, [Int64?])]
    {
      let secrets = try times.enumerated().map { try secret("\($0)", expiresAt: $1) }
      try await store.insertClient(try Sample.client(id, secrets: secrets), audit: Sample.event())
    }
    #expect(try await next(.min) == 200)
    #expect(try await next(199) == 200)
    #expect(try await next(200) == 300, "one that expires now does not expire later")
    #expect(try await next(399) == 400)
    #expect(try await next(400) == nil)
    func nextKey(_ milliseconds: Int64) async throws -> Int64? {
      try await store.nextKeyExpiry(after: Timestamp(milliseconds: milliseconds))?.milliseconds
    }
    #expect(try await nextKey(.min) == nil)
    let end = Timestamp(milliseconds: 1_800_000_000_250)
    for (id, time) in [("a", end), ("d", end.advanced(bySeconds: 1))] {
      let client = try #require(ClientID(id))
      try await store.updateClient(client, audit: Sample.event()) { client throws(StoreError) in
        client.keyMetadata = Sample.keyMetadata
        client.keyMetadata.keys.append(
          ClientKey(name: "c", material: .certificate([1]), createdAt: Sample.time, expiresAt: time)
        )
      }
    }
    #expect(try await nextKey(.min) == Sample.keyMetadata.keys.compactMap(\.expiresAt).min()?.milliseconds)
    #expect(try await nextKey(end.milliseconds - 1) == end.milliseconds)
    #expect(try await nextKey(end.milliseconds) == end.milliseconds + 1000)
    #expect(try await nextKey(end.milliseconds + 1000) == nil)
    #expect(try await next(400) == nil, "a key is no secret")
  }

  private static func absentFieldsStayAbsent(_ store: any Store) async throws {
    let client = Client(
      id: try Sample.clientID("a"),
      name: "",
      grantTypes: [],
      scopes: [],
      createdAt: Sample.time
    )
    try await store.insertClient(client, audit: Sample.event())
    let found = try #require(try await store.client(client.id))
    #expect(found == client)
    #expect(found.authenticationMethod == nil && found.tokenLifetime == nil && found.tokensNotBefore == nil)
    #expect(found.defaultScopes.isEmpty && found.tokenFormat == .opaque && found.claims.isEmpty)
    #expect(found.isEnabled && found.allowedAddresses.isEmpty)
    #expect(found.owner == nil && found.contact == nil && found.labels.isEmpty && found.quota == nil)
    #expect(found.keyMetadata == ClientKeyMetadata())
  }

  private static func propertiesAreChanged(_ store: any Store) async throws {
    let id = try Sample.clientID("a")
    try await store.insertClient(try Sample.client("a"), audit: Sample.event())
    try await store.insertClient(try Sample.client("b"), audit: Sample.event())
    try await store.updateClient(id, audit: Sample.event()) { client throws(StoreError) in
      (client.owner, client.contact, client.labels) = ("Team", "a@example.com", ["env": "prod"])
      client.quota = Quota(perMinute: 600, burst: 100)
    }
    let changed = try #require(try await store.client(id))
    #expect(changed.owner == "Team" && changed.contact == "a@example.com")
    #expect(changed.labels == ["env": "prod"] && changed.quota == Quota(perMinute: 600, burst: 100))
    #expect(try await store.client(try Sample.clientID("b"))?.owner == nil)
    let audited = try await store.auditRecords(before: nil, subject: nil, limit: 1)[0].differences
    #expect(audited["owner"] == AuditDifference(before: nil, after: "Team"))
    #expect(audited["labels"] == AuditDifference(before: nil, after: #"{"env":"prod"}"#))
    #expect(audited["quota_burst"] == AuditDifference(before: nil, after: "100"))
    try await store.updateClient(id, audit: Sample.event()) { client throws(StoreError) in
      (client.owner, client.contact, client.labels, client.quota) = (nil, nil, [:], nil)
    }
    #expect(try await store.client(id) == Sample.client("a"))
  }

  private static func takenIdentifierIsConflict(_ store: any Store) async throws {
    let client = try Sample.client("a")
    let other = try Sample.client("a", name: "another name")
    try await store.insertClient(client, audit: Sample.event())
    #expect(
      try await failure {
        try await store.insertClient(other, audit: Sample.event())
      } == .conflict
    )
    #expect(try await store.client(client.id) == client)
    #expect(try await store.clients(named: "another name").isEmpty)
  }
}

extension StoreConformance {
  static let clientListRules = [
    StoreRule("Clients are listed in the order of their identifiers", clientsAreInOrder),
    StoreRule(
      "A page of clients begins after an identifier, which need not exist",
      pageBeginsAfterIdentifier
    ),
    StoreRule("A page of clients has at most as many as asked for", pageIsLimited),
    StoreRule("Each client of a page has its own secrets, in their order", pageHasSecretsOfEachClient),
  ]

  /// Adds clients with these identifiers and returns the identifiers of a page.
  private static func page(
    of ids: [String],
    after id: String? = nil,
    limit: Int,
    in store: any Store
  ) async throws -> [String] {
    for (index, id) in ids.enumerated() {
      // The names have another order than the identifiers.
      let client = try Sample.client(id, name: "name \(99 - index)")
      try await store.insertClient(client, audit: Sample.event())
    }
    return try await store.clients(after: try id.map(Sample.clientID), limit: limit).map(\.id.rawValue)
  }

  private static func clientsAreInOrder(_ store: any Store) async throws {
    #expect(try await page(of: [], limit: 9, in: store) == [])
    let ids = ["b", "~", "a", "B", "10", "9", "a ", "_"]
    #expect(try await page(of: ids, limit: 9, in: store) == ["10", "9", "B", "_", "a", "a ", "b", "~"])
  }

  private static func pageBeginsAfterIdentifier(_ store: any Store) async throws {
    #expect(try await page(of: ["d", "b", "a", "c"], after: "b", limit: 9, in: store) == ["c", "d"])
    #expect(try await page(of: [], after: "bb", limit: 9, in: store) == ["c", "d"])
    #expect(try await page(of: [], after: "d", limit: 9, in: store) == [])
  }

  private static func pageIsLimited(_ store: any Store) async throws {
    #expect(try await page(of: ["c", "b", "a"], limit: 2, in: store) == ["a", "b"])
    #expect(try await page(of: [], after: "b", limit: 2, in: store) == ["c"])
    #expect(try await page(of: [], limit: 3, in: store) == ["a", "b", "c"])
    #expect(try await page(of: [], limit: 0, in: store) == [])
    #expect(try await page(of: [], limit: -1, in: store) == [])
  }

  private static func pageHasSecretsOfEachClient(_ store: any Store) async throws {
    var clients: [Client] = []
    for (index, id) in ["a", "b", "c", "d", "e"].enumerated() {
      let secrets = try (0..<UInt8(index)).reversed().map { try Sample.secret("\(id)\($0)", $0) }
      clients.append(try Sample.client(id, secrets: secrets))
    }
    for client in clients.shuffled() { try await store.insertClient(client, audit: Sample.event()) }
    #expect(try await store.clients(after: nil, limit: 9) == clients)
    #expect(try await store.clients(after: clients[1].id, limit: 2) == Array(clients[2...3]))
  }
}

/// Names that look or travel alike are one name.
extension StoreConformance {
  static let nameRules = [
    StoreRule("A client is found by its name in any spelling, and none by another", clientIsFoundByName),
    StoreRule("A client whose name is taken, in any spelling, is a conflict", takenNameIsConflict),
    StoreRule("A client may change the spelling of its own name", ownNameIsNoConflict),
    StoreRule("A secret whose name is taken, in any spelling, is a conflict", takenSecretNameIsConflict),
    StoreRule("Clients are found by the names that are recorded of them", recordedClientsAreFound),
  ]

  private static func clientIsFoundByName(_ store: any Store) async throws {
    let client = try Sample.client("a", name: "B\u{FC}cher Café")
    try await store.insertClient(client, audit: Sample.event())
    try await store.insertClient(try Sample.client("b", name: "another"), audit: Sample.event())
    for name in ["B\u{FC}cher Café", "Bu\u{308}cher Cafe\u{301}", "BÜCHER CAFÉ", "bücher  ｃafé"] {
      #expect(try await store.clients(named: name) == [client], "\(name)")
    }
    for name in ["Bucher Cafe", "BücherCafé", "Bücher", "a", "", "%"] {
      #expect(try await store.clients(named: name).isEmpty, "\(name)")
    }
  }

  private static func takenNameIsConflict(_ store: any Store) async throws {
    try await store.insertClient(try Sample.client("a", name: "Na\u{EF}ve"), audit: Sample.event())
    try await store.insertClient(try Sample.client("b", name: "other"), audit: Sample.event())
    let before = try await StoreContents(of: store)
    for name in ["Na\u{EF}ve", "Nai\u{308}ve", "NAÏVE"] {
      let taken = try Sample.client("c", name: name)
      #expect(
        try await failure { try await store.insertClient(taken, audit: Sample.event()) } == .conflict
      )
      let other = try Sample.clientID("b")
      #expect(
        try await failure {
          try await store.updateClient(other, audit: Sample.event()) { $0.name = name }
        } == .conflict
      )
    }
    #expect(try await StoreContents(of: store) == before)
    try await store.insertClient(try Sample.client("c", name: "Naive"), audit: Sample.event())
  }

  private static func ownNameIsNoConflict(_ store: any Store) async throws {
    let client = try Sample.client("a", name: "name")
    try await store.insertClient(client, audit: Sample.event())
    try await store.updateClient(client.id, audit: Sample.event()) { $0.name = "NAME" }
    #expect(try await store.clients(named: "name").map(\.name) == ["NAME"])
    try await store.deleteClient(client.id, audit: Sample.event())
    try await store.insertClient(try Sample.client("b", name: "Name"), audit: Sample.event())
    #expect(try await store.clients(named: "NAME").map(\.name) == ["Name"])
  }

  private static func takenSecretNameIsConflict(_ store: any Store) async throws {
    let client = try Sample.client("a", secrets: [try Sample.secret("Old"), try Sample.secret("new")])
    try await store.insertClient(client, audit: Sample.event())
    let (alike, other) = (try Sample.secret("OLD"), try Sample.secret("older"))
    #expect(
      try await failure {
        try await store.updateClient(client.id, audit: Sample.event()) { $0.secrets.append(alike) }
      } == .conflict
    )
    let repeated = try Sample.client("b", secrets: [try Sample.secret("x"), try Sample.secret("X")])
    #expect(
      try await failure { try await store.insertClient(repeated, audit: Sample.event()) } == .conflict
    )
    #expect(try await store.clients(after: nil, limit: 9) == [client])
    try await store.updateClient(client.id, audit: Sample.event()) { $0.secrets.append(other) }
  }

  private static func recordedClientsAreFound(_ store: any Store) async throws {
    func event(_ action: AuditEvent.Action, _ id: String, _ name: String) -> AuditEvent {
      AuditEvent(time: Sample.time, actor: "test", action: action, subject: id, details: ["name": name])
    }
    let (a, b) = (try Sample.clientID("a"), try Sample.clientID("b"))
    try await store.insertClient(
      try Sample.client("a", name: "First"),
      audit: event(.clientCreated, "a", "First")
    )
    try await store.updateClient(a, audit: event(.clientUpdated, "a", "second")) { $0.name = "second" }
    try await store.deleteClient(a, audit: event(.clientDeleted, "a", "second"))
    try await store.insertClient(
      try Sample.client("b", name: "first"),
      audit: event(.clientCreated, "b", "first")
    )
    // Not the name of a client.
    try await store.updateClient(b, audit: event(.clientSecretAdded, "b", "third")) { _ in }
    #expect(try await store.recordedClients(named: "FIRST") == [b, a])
    #expect(try await store.recordedClients(named: "second") == [a])
    #expect(try await store.recordedClients(named: "third").isEmpty)
  }
}
