import TesseraCore
import Testing

extension StoreConformance {
  static let concurrencyRules = [
    StoreRule("Of 100 updates of one client at once, none is lost", noUpdateIsLost),
    StoreRule("Of several clients with one name at once, one is added", oneClientOfANameIsAdded),
    StoreRule("Of several keys with one number at once, one is added", oneKeyOfANumberIsAdded),
    StoreRule("Of several initialisations at once, one counts", oneInitialisationCounts),
    StoreRule("Of many mutations at once, those that fail fail alone", failuresAreAlone),
    StoreRule("Several revocations of one token at once are recorded once", revocationIsRecordedOnce),
  ]

  private static func noUpdateIsLost(_ store: any Store) async throws {
    let client = try Sample.client("a")
    try await store.insertClient(client, audit: Sample.event())
    let results = try await concurrently(100) { index in
      let secret = try Sample.secret("secret \(index)")
      return try await store.updateClient(client.id, audit: Sample.event()) { $0.secrets.append(secret) }
    }
    let names = try await store.client(client.id)?.secrets.map(\.name)
    #expect(Set(names ?? []) == Set((0..<100).map { "secret \($0)" }))
    #expect(Set(results.map(\.secrets.count)) == Set(1...100))
    #expect(try await StoreContents(of: store).audit.count == 101)
  }

  private static func oneClientOfANameIsAdded(_ store: any Store) async throws {
    let failures = try await concurrently(10) { index in
      let client = try Sample.client("client-\(index)", name: "name")
      return try await failure {
        try await store.insertClient(client, audit: Sample.event())
      }
    }
    #expect(failures.count { $0 == nil } == 1)
    #expect(failures.count { $0 == .conflict } == 9)
    #expect(try await store.clients(after: nil, limit: 99).count == 1)
  }

  private static func oneKeyOfANumberIsAdded(_ store: any Store) async throws {
    let added = try await concurrently(10) { index -> WrappedKey? in
      let key = Sample.key(7, byte: UInt8(index))
      switch try await failure(of: {
        try await store.insertKey(key, audit: Sample.event())
      }) {
      case nil: return key
      case .conflict: return nil
      case let other: throw UnexpectedFailure(kind: other)
      }
    }
    #expect(added.count { $0 != nil } == 1)
    #expect(try await store.keys() == added.compactMap { $0 })
  }

  private static func oneInitialisationCounts(_ store: any Store) async throws {
    let counted = try await concurrently(10) { index -> ServerState? in
      let initial = try Sample.initialState(byte: UInt8(index), scopes: "scope-\(index)")
      return try await store.initialise(initial, audit: Sample.event()) ? initial.serverState : nil
    }
    let winners = counted.compactMap { $0 }
    #expect(winners.count == 1)
    let contents = try await StoreContents(of: store)
    #expect(contents.serverState == winners.first)
    #expect(Set(contents.keys.map(\.wrapped)) == Set(winners.map(\.masterKeyCheck)))
    #expect(contents.scopes.count == 1 && contents.audit.count == 1)
  }

  private static func failuresAreAlone(_ store: any Store) async throws {
    try await store.insertScope(try Sample.definition("taken"), audit: Sample.event())
    let failures = try await concurrently(100) { index -> (Int, StoreErrorKind?) in
      let definition = try Sample.definition(index % 3 == 0 ? "taken" : "scope-\(index)")
      return (index, try await failure { try await store.insertScope(definition, audit: Sample.event()) })
    }
    for (index, failure) in failures { #expect(failure == (index % 3 == 0 ? .conflict : nil)) }
    let contents = try await StoreContents(of: store)
    #expect(contents.scopes.count == 67)
    #expect(contents.audit.count == 67 && contents.changes.count == 67)
  }

  private static func revocationIsRecordedOnce(_ store: any Store) async throws {
    let revocation = try Sample.revocation(1)
    _ = try await concurrently(10) { _ in
      try await store.insertRevocation(revocation, limit: RevocationLimit(), audit: Sample.event())
    }
    let contents = try await StoreContents(of: store)
    #expect(contents.revocations.map(\.token) == [revocation.token])
    #expect(contents.audit.count == 1 && contents.changes.count == 1)
  }

  private struct UnexpectedFailure: Error {
    let kind: StoreErrorKind?
  }
}
