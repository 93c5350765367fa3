import ArgumentParser
import Foundation
import TesseraCore
import Testing

@testable import TesseraCLI

/// What docs/guides/command.md makes works.
@Suite struct CommandGuideTests {
  /// How the command ends: 0, or the exit code of what it throws.
  private func rename(_ arguments: String..., in folder: TemporaryFolder) async throws -> Int32 {
    let data = folder.url("tessera-data").path
    let command = try ClientRenameCommand.parse(arguments + ["--data", data, "--format", "json"])
    do {
      try await command.run()
      return 0
    } catch {
      return FailureReport(error).exitCode.rawValue
    }
  }

  @Test func theCommandOfTheGuideRenamesAClient() async throws {
    // The command runs in the process of the tests, whose environment names no store.
    let folder = try TemporaryFolder(database: nil)
    try await folder.makeData()
    func show(_ name: String) async throws -> Int32 {
      try await TesseraProcess.run(["client", "show", name], in: folder).status
    }
    for name in ["a", "other"] {
      let create = ["client", "create", "--name", name, "--scope", "item"]
      #expect(try await TesseraProcess.run(create, in: folder).status == 0)
    }
    #expect(try await rename("a", "b", in: folder) == 0)
    #expect(try await show("b") == 0)
    #expect(try await show("a") == 4)
    #expect(try await rename("nobody", "c", in: folder) == 4)
    #expect(try await rename("b", " c", in: folder) == 2)
    #expect(try await rename("b", "Other", in: folder) == 5)
    #expect(try await show("b") == 0)
    let audit = try await TesseraProcess.run(["audit", "list", "--subject", "b"], in: folder)
    #expect(audit.output.contains("name=b"))
  }
}
