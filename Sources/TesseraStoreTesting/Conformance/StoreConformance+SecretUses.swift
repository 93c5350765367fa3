import TesseraCore
import TesseraJOSE
import Testing

/// How secrets were used.
extension StoreConformance {
  static let secretUseRules = [
    StoreRule("Uses of secrets add up, and the last tells when and from where", usesAddUp),
    StoreRule(
      "Only secrets that are there have uses, and those that go take theirs along",
      usesGoWithSecrets
    ),
    StoreRule("Keys have uses as secrets do, each as long as it is there", keysHaveUses),
    StoreRule("Adding uses of secrets tells nobody and leaves clients as they are", addingTellsNobody),
    StoreRule("Of many that add uses at once, none is lost", usesAddedAtOnce),
  ]

  private static func use(
    _ secret: String,
    of client: String = "a",
    at milliseconds: Int64 = 5,
    from address: String? = "192.0.2.1",
    count: Int64 = 1
  ) throws -> SecretUse {
    SecretUse(
      clientID: try Sample.clientID(client),
      secret: secret,
      madeAt: Sample.time,
      lastUsedAt: Timestamp(milliseconds: milliseconds),
      address: address,
      count: count
    )
  }

  private static func addClient(_ id: String, to store: any Store) async throws -> ClientID {
    let secrets = [try Sample.secret("one"), try Sample.secret("O'Ünïcode", 2)]
    try await store.insertClient(try Sample.client(id, secrets: secrets), audit: Sample.event())
    return try Sample.clientID(id)
  }

  private static func usesAddUp(_ store: any Store) async throws {
    let id = try await addClient("a", to: store)
    let other = try await addClient("b", to: store)
    #expect(try await store.secretUses(of: id) == [])
    try await store.addSecretUses([try use("one", at: 5, count: 2), try use("O'Ünïcode", from: nil)])
    try await store.addSecretUses([try use("one", at: 7, from: "2001:db8::1", count: 3)])
    try await store.addSecretUses([try use("one", at: 6), try use("one", at: 6)])
    try await store.addSecretUses([])
    let uses = try await store.secretUses(of: id)
    #expect(Set(uses.map(\.secret)) == ["one", "O'Ünïcode"] && uses.count == 2)
    #expect(uses.contains(try use("one", at: 7, from: "2001:db8::1", count: 7)))
    #expect(uses.contains(try use("O'Ünïcode", from: nil)))
    #expect(try await store.secretUses(of: other) == [])
  }

  private static func usesGoWithSecrets(_ store: any Store) async throws {
    let id = try await addClient("a", to: store)
    let all = [try use("one"), try use("O'Ünïcode"), try use("none"), try use("one", of: "nobody")]
    try await store.addSecretUses(all)
    #expect(Set(try await store.secretUses(of: id).map(\.secret)) == ["one", "O'Ünïcode"])
    // Another one under the same name was never used.
    let later = Sample.time.advanced(bySeconds: 1)
    try await store.updateClient(id, audit: Sample.event()) { client throws(StoreError) in
      let hash = client.secrets[0].hash
      client.secrets[0] = StoredSecret(name: "one", hash: hash, createdAt: later, expiresAt: nil)
    }
    #expect(try await store.secretUses(of: id).map(\.secret) == ["O'Ünïcode"])
    try await store.addSecretUses([try use("one")])
    #expect(try await store.secretUses(of: id).map(\.secret) == ["O'Ünïcode"])
    try await store.updateClient(id, audit: Sample.event()) { client throws(StoreError) in
      client.secrets = []
    }
    #expect(try await store.secretUses(of: id) == [])
    try await store.deleteClient(id, audit: Sample.event())
    #expect(try await store.secretUses(of: try await addClient("a", to: store)) == [])
  }

  private static func keysHaveUses(_ store: any Store) async throws {
    let id = try await addClient("a", to: store)
    let other = try await addClient("b", to: store)
    let keys = Sample.keyMetadata.keys
    try await store.updateClient(id, audit: Sample.event()) { client throws(StoreError) in
      client.keyMetadata = Sample.keyMetadata
    }
    let names = Sample.keyMetadata.credentials.map(\.name)
    func add(_ names: [String], of client: String = "a") async throws {
      for _ in 0..<2 { try await store.addSecretUses(try names.map { try use($0, of: client) }) }
    }
    try await add(names + ["one", "none"])
    try await add(names, of: "b")
    #expect(Set(try await store.secretUses(of: id).map(\.secret)) == Set(names + ["one"]))
    #expect(try await store.secretUses(of: id).map(\.count) == (names + ["one"]).map { _ in 2 })
    #expect(try await store.secretUses(of: other) == [], "they are another client's")
    // One goes, one is registered anew under its name, and the secret stays.
    try await store.updateClient(id, audit: Sample.event()) { client throws(StoreError) in
      let later = Sample.time.advanced(bySeconds: 1)
      client.keyMetadata.keys = [
        ClientKey(name: names[0], material: keys[0].material, createdAt: later, expiresAt: nil)
      ]
      client.keyMetadata.trusts = []
    }
    #expect(try await store.secretUses(of: id).map(\.secret) == ["one"])
    try await add(names)
    #expect(try await store.secretUses(of: id).map(\.secret) == ["one"])
  }

  private static func addingTellsNobody(_ store: any Store) async throws {
    let id = try await addClient("a", to: store)
    let before = try await StoreContents(of: store)
    try await store.addSecretUses([try use("one")])
    #expect(try await StoreContents(of: store) == before)
    #expect(try await store.secretUses(of: id).count == 1)
    // What does not touch the secret keeps what is noted of it.
    try await store.updateClient(id, audit: Sample.event()) { client throws(StoreError) in
      client.name = "other"
    }
    #expect(try await store.secretUses(of: id).count == 1)
  }

  private static func usesAddedAtOnce(_ store: any Store) async throws {
    let id = try await addClient("a", to: store)
    _ = try await concurrently(20) { index in
      try await store.addSecretUses([try use("one", at: Int64(index))])
    }
    #expect(try await store.secretUses(of: id).map(\.count) == [20])
    #expect(try await store.secretUses(of: id).map(\.lastUsedAt.milliseconds) == [19])
  }
}
