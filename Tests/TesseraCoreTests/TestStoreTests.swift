import TesseraCore
import TesseraJOSE
import TesseraStoreTesting
import TesseraTestSupport
import Testing

@Suite("TestStore")
struct TestStoreTests {
  @Test("It keeps the rules of a store", arguments: StoreConformance.rules)
  func keeps(_ rule: StoreRule) async throws {
    let store = TestStore(InMemoryStore())
    try await rule.check { store }
  }

  @Test("While it is told to fail, every port fails, and nothing is written")
  func failure() async throws {
    let store = TestStore(InMemoryStore())
    let outage = StoreError.unavailable("outage")
    let audit = AuditEvent(
      time: Timestamp(milliseconds: 0),
      actor: "test",
      action: .keyRotated,
      subject: "1"
    )
    let key = WrappedKey(
      number: 1,
      use: .sealing,
      wrapped: [],
      createdAt: Timestamp(milliseconds: 0),
      activatesAt: Timestamp(milliseconds: 0)
    )
    store.failure = outage
    await #expect(throws: outage) { try await store.clients(after: nil, limit: 1) }
    await #expect(throws: outage) { try await store.latestChange() }
    await #expect(throws: outage) { try await store.insertKey(key, audit: audit) }
    store.failure = nil
    #expect(try await store.keys() == [])
    try await store.insertKey(key, audit: audit)
    #expect(try await store.keys() == [key])
  }

  @Test("It counts the reads of each port, and no writes")
  func readCounts() async throws {
    let store = TestStore(InMemoryStore())
    #expect(store.readCount == 0)
    _ = try await store.clients(named: "a")
    _ = try await store.clients(after: nil, limit: 1)
    _ = try await store.keys()
    store.failure = .unavailable("outage")
    _ = try? await store.keys()
    _ = try? await store.removeChanges(madeBefore: Timestamp(milliseconds: 0), limit: 1)
    #expect(store.readCount(of: .clients) == 2)
    #expect(store.readCount(of: .keys) == 2)
    #expect(store.readCount(of: .changes) == 0)
    #expect(store.readCount == 4)
  }
}
