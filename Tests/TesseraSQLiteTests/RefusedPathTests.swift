import Foundation
import Testing

@testable import TesseraSQLite

@Suite("A path at which there can be no database is refused")
struct RefusedPathTests {
  @Test("A path in a directory that does not exist, or below a file")
  func missingDirectory() async throws {
    try await withDatabasePath { path in
      await expectRefusal(.directoryMissing, opening: path + "/missing/tessera.sqlite")
      try Data().write(to: URL(filePath: path))
      await expectRefusal(.directoryMissing, opening: path + "/tessera.sqlite")
    }
  }

  @Test("A directory")
  func replica() async throws {
    try await withDatabasePath { path in
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      await expectRefusal(.notWritable, opening: path)
    }
  }

  @Test(
    "A directory in which nobody may make files, not even root",
    .enabled(if: FileManager.default.fileExists(atPath: "/sys/kernel"), "needs sysfs")
  )
  func systemDirectory() async {
    await expectRefusal(.notWritable, opening: "/sys/tessera.sqlite")
  }

  @Test("A directory without the right to write", .enabled(if: getuid() != 0, "rights do not apply to root"))
  func unwritableDirectory() async throws {
    try await withDatabasePath { path in
      let replica = URL(filePath: path).deletingLastPathComponent().path
      try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: replica)
      await expectRefusal(.notWritable, opening: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: replica)
    }
  }

  @Test("A file without the right to write", .enabled(if: getuid() != 0, "rights do not apply to root"))
  func unwritableFile() async throws {
    try await withDatabasePath { path in
      try await makeExampleDatabase(at: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
      await expectRefusal(.notWritable, opening: path)
    }
  }
}
