import Foundation
import GRDB
import TesseraCore
import Testing

@testable import TesseraSQLite

@Suite("A file that cannot be our database is refused")
struct RefusedDatabaseTests {
  @Test(
    "A text file, and it stays as it was",
    arguments: ["short", String(repeating: "long text ", count: 999)]
  )
  func textFile(text: String) async throws {
    try await withDatabasePath { path in
      try Data(text.utf8).write(to: URL(filePath: path))
      await expectRefusal(.notADatabase, opening: path)
      #expect(try Data(contentsOf: URL(filePath: path)) == Data(text.utf8))
    }
  }

  @Test("A database that lost its end")
  func truncatedDatabase() async throws {
    try await withDatabasePath { path in
      try await makeExampleDatabase(at: path)
      let file = try Data(contentsOf: URL(filePath: path))
      try file.prefix(file.count / 2).write(to: URL(filePath: path))
      await expectRefusal(.damaged, opening: path)
    }
  }

  @Test("A database with its pages overwritten")
  func overwrittenDatabase() async throws {
    try await withDatabasePath { path in
      try await makeExampleDatabase(at: path)
      let file = try Data(contentsOf: URL(filePath: path))
      let overwritten = file.prefix(4096) + Data(repeating: 0xAA, count: file.count - 4096)
      try overwritten.write(to: URL(filePath: path))
      await expectRefusal(.damaged, opening: path)
    }
  }

  @Test(
    "A database of another program, and it stays as it was",
    arguments: ["CREATE TABLE other (id)", "PRAGMA application_id = 7", "PRAGMA application_id = -1"]
  )
  func foreignDatabase(statement: String) async throws {
    try await withDatabasePath { path in
      let other = try DatabaseQueue(path: path)
      try await other.writeWithoutTransaction { try $0.execute(sql: statement) }
      try other.close()
      let before = try Data(contentsOf: URL(filePath: path))
      await expectRefusal(.foreignDatabase, opening: path)
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
  }

  @Test("A database on which a migration was run that this version does not know")
  func newerDatabase() async throws {
    try await withDatabasePath { path in
      try await makeExampleDatabase(at: path)
      let newer = try DatabaseQueue(path: path)
      try await newer.write { database in
        try database.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('9999-future')")
      }
      try newer.close()
      await expectRefusal(.madeByNewerVersion, opening: path)
    }
  }

  @Test("A database that another process keeps locked")
  func lockedDatabase() async throws {
    try await withDatabasePath { path in
      try await makeExampleDatabase(at: path)
      let other = try DatabaseLock(path: path)
      await expectRefusal(.locked, opening: path)
      try other.release()
      let store = try await SQLiteStore.open(path: path)
      await store.close()
    }
  }
}
