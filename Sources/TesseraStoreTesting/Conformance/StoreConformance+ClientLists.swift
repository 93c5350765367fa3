import TesseraCore
import Testing

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
