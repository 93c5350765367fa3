import TesseraStoreTesting
import Testing

@testable import TesseraPostgres

@Suite("PostgresStore keeps the rules of a store", .timeLimit(.minutes(10)))
struct PostgresStoreConformanceTests {
  @Test(arguments: StoreConformance.rules)
  func keeps(_ rule: StoreRule) async throws {
    try await withDatabase { database in
      try await rule.check { try await database.store() }
    }
  }
}
