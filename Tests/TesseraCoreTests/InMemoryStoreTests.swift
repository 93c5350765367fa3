import TesseraCore
import TesseraJOSE
import TesseraStoreTesting
import Testing

@Suite("InMemoryStore")
struct InMemoryStoreTests {
  @Test("It keeps the rules of a store", arguments: StoreConformance.rules)
  func keeps(_ rule: StoreRule) async throws {
    let store = InMemoryStore()
    try await rule.check { store }
  }
}
