import TesseraCore
import Testing

extension StoreConformance {
  static let secretRules = [
    StoreRule("Two secrets of one client with one name are a conflict", twoSecretsOfOneNameAreConflict),
    StoreRule("Secrets of two clients may have one name", clientsMayShareSecretName),
    StoreRule("Secrets can be added, removed and put in another order", secretsCanBeRearranged),
  ]

  private static func twoSecretsOfOneNameAreConflict(_ store: any Store) async throws {
    let twice = [try Sample.secret("one", 1), try Sample.secret("one", 2)]
    let client = try Sample.client("a", secrets: [twice[0]])
    let other = try Sample.client("b", secrets: twice)
    try await store.insertClient(client, audit: Sample.event())
    let before = try await StoreContents(of: store)
    #expect(
      try await failure {
        try await store.insertClient(other, audit: Sample.event())
      } == .conflict
    )
    #expect(
      try await failure {
        try await store.updateClient(client.id, audit: Sample.event()) { $0.secrets = twice }
      } == .conflict
    )
    #expect(try await StoreContents(of: store) == before)
  }

  private static func clientsMayShareSecretName(_ store: any Store) async throws {
    let first = try Sample.client("a", secrets: [try Sample.secret("one", 1)])
    let second = try Sample.client("b", secrets: [try Sample.secret("one", 2)])
    try await store.insertClient(first, audit: Sample.event())
    try await store.insertClient(second, audit: Sample.event())
    #expect(try await store.client(first.id) == first)
    #expect(try await store.client(second.id) == second)
  }

  private static func secretsCanBeRearranged(_ store: any Store) async throws {
    let one = try Sample.secret("one", 1)
    let two = try Sample.secret("two", 2)
    let three = try Sample.secret("three", 3)
    let client = try Sample.client("a", secrets: [one, two])
    try await store.insertClient(client, audit: Sample.event())
    for secrets in [[two, one], [two, three, one], [three], [], [one, two, three]] {
      try await store.updateClient(client.id, audit: Sample.event()) { $0.secrets = secrets }
      #expect(try await store.client(client.id)?.secrets == secrets)
    }
  }
}
