import Foundation
import TesseraCore
import Testing

@testable import TesseraSQLite

@Suite("Opening a new file at once")
struct ConcurrentOpeningTests {
  @Test("Eight tasks can open a new file at once")
  func tasks() async throws {
    try await withDatabasePath { path in
      let stores = try await eightTimes { _ in try await SQLiteStore.open(path: path, busyTimeout: 600) }
      try await expectUsable(stores)
    }
  }

  @Test("Eight connections can open a new file at once, as if each were a process of its own")
  func connections() async throws {
    try await withDatabasePath { path in
      try Data().write(to: URL(filePath: path))
      let stores = try await eightTimes { _ in
        try await onThread { SQLiteStore(pool: try SQLiteStore.openPool(path: path, busyTimeout: 600)) }
      }
      try await expectUsable(stores)
    }
  }

  private func expectUsable(_ stores: [SQLiteStore]) async throws {
    for (index, store) in stores.enumerated() {
      try await store.insertClient(try Example.client("client-\(index)"), audit: Example.event)
    }
    for store in stores {
      #expect(try await store.clients(after: nil, limit: 99).count == 8)
      await store.close()
    }
  }

  private func eightTimes(
    _ open: @escaping @Sendable (Int) async throws -> SQLiteStore
  ) async throws -> [SQLiteStore] {
    try await withThrowingTaskGroup(of: SQLiteStore.self) { group in
      for index in 0..<8 { group.addTask { try await open(index) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }
}
