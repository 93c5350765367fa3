import Foundation
import TesseraCore
import TesseraJOSE
import TesseraStoreTesting
import TesseraSupport
import TesseraTestSupport
import Testing

/// A store in memory, clocks that stand still, and who tells of what is done in it.
struct DeliveryFixture: Sendable {
  let store = TestStore(InMemoryStore())
  let clocks = TestClocks()
  let log = TestLog()

  var now: Timestamp { clocks.wall.now }

  func delivery(
    _ kinds: Set<SecurityEventKind> = SecurityEventKind.usual,
    limit: Int = 100,
    node: String = "node",
    named name: String = "webhook"
  ) -> Delivery {
    Delivery(
      Delivery.Subscription(name, kinds, limit: limit),
      store: store,
      holder: node,
      clock: clocks.wall,
      logger: log.logger
    )
  }

  /// Does something that is recorded.
  func act(_ action: AuditEvent.Action = .clientCreated, about subject: String = "it") async throws {
    let name = "scope-\(UUID())"
    try await store.insertScope(
      ScopeDefinition(
        scope: try #require(Scope(name)),
        description: "",
        resource: try #require(Resource("https://api.example/\(name)")),
        createdAt: now
      ),
      audit: AuditEvent(time: now, actor: "test", action: action, subject: subject)
    )
  }

  /// Gives a new client a secret that expires in this many seconds.
  @discardableResult
  func addSecret(_ name: String, expiringIn seconds: Int64, of client: String = "a") async throws -> ClientID
  {
    let id = try #require(ClientID(client))
    let digest = try #require(SecretDigest(bytes: [UInt8](repeating: 1, count: SecretDigest.byteCount)))
    let secret = StoredSecret(
      name: name,
      hash: .keyed(digest),
      createdAt: now,
      expiresAt: now.advanced(bySeconds: seconds)
    )
    let event = AuditEvent(time: now, actor: "test", action: .clientUpdated, subject: client)
    if try await store.client(id) == nil {
      try await store.insertClient(
        Client(id: id, name: "client \(client)", scopes: [], secrets: [secret], createdAt: now),
        audit: event
      )
    } else {
      try await store.updateClient(id, audit: event) { client throws(StoreError) in
        client.secrets.append(secret)
      }
    }
    return id
  }
}
