import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let clientRules = [
    StoreRule("A client is found by its identifier, and none by another", clientIsFoundByID),
    StoreRule("Every field of a client comes back as it was", clientComesBackWhole),
    StoreRule("What a client does not have stays absent", absentFieldsStayAbsent),
    StoreRule("A client whose identifier is taken is a conflict", takenIdentifierIsConflict),
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
      tokenLifetime: 90,
      secrets: [
        StoredSecret(
          name: "second, first in order",
          hash: .stretched(salt: [0, 1, 255], try Sample.digest(0)),
          createdAt: Timestamp(milliseconds: -1),
          expiresAt: Timestamp(milliseconds: .max)
        ),
        StoredSecret(
          name: "first",
          hash: .keyed(try Sample.digest(255)),
          createdAt: Timestamp(milliseconds: .min),
          expiresAt: nil
        ),
      ],
      isEnabled: false,
      tokensNotBefore: Timestamp(milliseconds: 0),
      createdAt: Timestamp(milliseconds: -62_135_596_800_000),
      updatedAt: Timestamp(milliseconds: 253_402_300_799_999)
    )
    try await store.insertClient(client, audit: Sample.event())
    #expect(try await store.client(client.id) == client)
    #expect(try await store.clients(named: client.name) == [client])
    #expect(try await store.clients(after: nil, limit: 1) == [client])
    let name = try await store.client(client.id)?.name ?? ""
    #expect(Array(name.utf8) == Array(client.name.utf8))
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
    #expect(found.isEnabled)
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
