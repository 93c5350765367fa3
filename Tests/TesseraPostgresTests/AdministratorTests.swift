import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraPostgres

@Suite("What an administrator does to a database that is in use", .timeLimit(.minutes(10)))
struct AdministratorTests {
  @Test(
    "A database that takes no connections: refused at the start, unavailable while it runs, and it recovers"
  )
  func closedDatabase() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      try await store.insertScope(try Example.scope("a"), audit: Example.event)
      try await database.server.run(
        """
        ALTER DATABASE \(database.name) ALLOW_CONNECTIONS false;
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database.name)'
        """
      )
      try await expectRefusal(.closedDatabase, opening: database.url)
      for _ in 0..<2 {
        #expect(try await outage { _ = try await store.scopes() } != nil)
        #expect(
          try await outage { try await store.insertScope(try Example.scope("b"), audit: Example.event) }
            != nil
        )
      }
      try await database.server.run("ALTER DATABASE \(database.name) ALLOW_CONNECTIONS true")
      try await wait { try await outage { _ = try await store.scopes() } == nil }
      #expect(try await store.scopes().map(\.scope.name) == ["a"], "what was refused was not done")
      await store.close()
    }
  }

  @Test("A database that is dropped under a store is an outage, never an empty one")
  func droppedDatabase() async throws {
    let server = try await PostgresServer.shared
    let name = try await server.makeDatabase()
    let store = try await PostgresStore.open(server.url(name), limits: .forTests)
    try await store.insertScope(try Example.scope("a"), audit: Example.event)
    try await server.removeDatabase(name)
    for _ in 0..<3 {
      #expect(try await outage { _ = try await store.scopes() } != nil)
      #expect(
        try await outage { try await store.insertScope(try Example.scope("b"), audit: Example.event) } != nil
      )
    }
    await store.close()
  }

  @Test("A full disk fails what is written and nothing else, and there is room again")
  func fullDisk() async throws {
    guard let disk = try SmallDisk() else {
      withKnownIssue("no file system can be mounted here") { Issue.record("a full disk is not tried") }
      return
    }
    let server = try await PostgresServer.shared
    try await server.run("CREATE TABLESPACE small LOCATION '\(disk.path)'")
    try await withDatabase(options: "TABLESPACE small") { database in
      let store = try await database.store()
      try disk.fill()
      var written = 0
      var failure: String?
      while failure == nil, written < 1000 {
        let scope = try Example.scope("s\(written)")
        failure = try await outage { try await store.insertScope(scope, audit: Example.event) }
        if failure == nil { written += 1 }
      }
      #expect(failure == "The disk of PostgreSQL is full")
      #expect(try await store.scopes().count == written)
      #expect(try await store.changes(after: 0, limit: .max).count == written)
      try disk.makeRoom()
      try await store.insertScope(try Example.scope("room"), audit: Example.event)
      #expect(try await store.scopes().count == written + 1)
      await store.close()
    }
    try await server.run("DROP TABLESPACE small")
  }
}

/// A file system of some megabytes in memory, which takes root to mount.
private final class SmallDisk {
  let path: String

  /// Nil when none can be mounted here.
  init?() throws {
    // Where the user of PostgreSQL gets to.
    path = "/tmp/tessera-disk-\(UUID())"
    guard let owner = getpwnam("postgres"), geteuid() == 0 else { return nil }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let options = "size=24m,mode=0700,uid=\(owner.pointee.pw_uid),gid=\(owner.pointee.pw_gid)"
    guard mount("tessera", path, "tmpfs", 0, options) == 0 else {
      rmdir(path)
      return nil
    }
  }

  deinit {
    umount2(path, Int32(MNT_DETACH))
    rmdir(path)
  }

  /// Leaves no room.
  func fill() throws {
    let file = open(path + "/filler", O_CREAT | O_WRONLY, 0o600)
    try #require(file >= 0)
    defer { close(file) }
    let block = [UInt8](repeating: 0, count: 4096)
    while write(file, block, block.count) > 0 {}
  }

  func makeRoom() throws {
    try FileManager.default.removeItem(atPath: path + "/filler")
  }
}
