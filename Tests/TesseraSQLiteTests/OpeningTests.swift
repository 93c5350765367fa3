import Foundation
import GRDB
import TesseraCore
import Testing

@testable import TesseraSQLite

@Suite("Opening a database")
struct OpeningTests {
  @Test("A commit is on the disk when it returns: WAL with synchronous = FULL, and foreign keys are kept")
  func settings() async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path)
      let settings = try await store.pool.writeWithoutTransaction { database in
        try ["journal_mode", "synchronous", "foreign_keys"].map { name in
          try String.fetchOne(database, sql: "PRAGMA \(name)")
        }
      }
      #expect(settings == ["wal", "2", "1"])
      await store.close()
    }
  }

  @Test("Only the owner can read or write the files", arguments: ["", "-wal", "-shm"])
  func fileMode(suffix: String) async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path)
      try await store.insertClient(try Example.client("a"), audit: Example.event)
      let attributes = try FileManager.default.attributesOfItem(atPath: path + suffix)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      await store.close()
    }
  }

  @Test("An empty file that an operator has made is taken")
  func emptyFile() async throws {
    try await withDatabasePath { path in
      try Data().write(to: URL(filePath: path))
      let store = try await SQLiteStore.open(path: path)
      #expect(try await store.latestChange() == 0)
      await store.close()
    }
  }

  @Test("What was written is there after closing and opening again")
  func reopening() async throws {
    try await withDatabasePath { path in
      let client = try Example.client("a")
      let first = try await SQLiteStore.open(path: path)
      try await first.insertClient(client, audit: Example.event)
      await first.close()
      let second = try await SQLiteStore.open(path: path)
      #expect(try await second.client(client.id) == client)
      #expect(try await second.latestChange() == 1)
      await second.close()
    }
  }

  @Test("After closing, the database file alone holds everything")
  func closingLeavesOneFile() async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path)
      try await store.insertClient(try Example.client("a"), audit: Example.event)
      #expect(try await store.latestChange() == 1)
      #expect(FileManager.default.fileExists(atPath: path + "-wal"))
      await store.close()
      #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
    }
  }

  @Test("A second store on the same file sees what the first writes, and the other way round")
  func secondStore() async throws {
    try await withDatabasePath { path in
      let first = try await SQLiteStore.open(path: path)
      let second = try await SQLiteStore.open(path: path)
      let client = try Example.client("a")
      try await first.insertClient(client, audit: Example.event)
      #expect(try await second.changes(after: 0, limit: 9).map(\.subject) == [.client(client.id)])
      try await second.deleteClient(client.id, ifVersion: nil, audit: Example.event)
      #expect(try await first.client(client.id) == nil)
      #expect(try await first.latestChange() == 2)
      await first.close()
      await second.close()
    }
  }
}
