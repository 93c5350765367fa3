import TesseraSQLite
import TesseraStoreTesting
import Testing

@Suite("SQLiteStore keeps the rules of a store")
struct SQLiteStoreConformanceTests {
  @Test(arguments: StoreConformance.rules)
  func keeps(_ rule: StoreRule) async throws {
    try await withDatabasePath { path in
      try await rule.check { try await SQLiteStore.open(path: path) }
    }
  }
}
