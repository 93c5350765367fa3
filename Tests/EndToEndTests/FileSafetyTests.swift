import Foundation
import TesseraTestSupport
import Testing

/// Files that other users of the machine could read or change are refused, by every command, with the line that mends it.
@Suite struct FileSafetyTests {
  private func initialised() async throws -> TemporaryFolder {
    let folder = try await TemporaryFolder.withData()
    let made = try await TesseraProcess.run(
      ["client", "create", "--name", "a", "--scope", "item"],
      in: folder
    )
    #expect(made.status == 0, "\(made.errors)")
    return folder
  }

  /// What is in the data directory of a server that runs, of the database.
  private let databaseFiles =
    StoreKind.current == .postgres ? [] : ["tessera.sqlite", "tessera.sqlite-wal", "tessera.sqlite-shm"]

  private func permissions(_ url: URL) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
  }

  @Test(arguments: [
    ("tessera-data", 0o777), ("tessera-data", 0o770), ("tessera-data/master.key", 0o640),
    ("tessera.yaml", 0o666),
  ])
  func theLineThatIsPrintedMendsIt(name: String, mode: Int) async throws {
    try await expectMended(name, mode)
  }

  @Test(.databaseFile, arguments: [0o644, 0o660])
  func theLineThatIsPrintedMendsTheDatabase(mode: Int) async throws {
    try await expectMended("tessera-data/tessera.sqlite", mode)
  }

  private func expectMended(_ name: String, _ mode: Int) async throws {
    let folder = try await initialised()
    let file = folder.url(name)
    if name == "tessera.yaml" { try Data("log:\n  level: info\n".utf8).write(to: file) }
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    for command in [["client", "list"], ["serve"], ["audit", "list"]] {
      let outcome = try await TesseraProcess.run(command, in: folder)
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors.split(separator: "\n").count == 1)
      #expect(outcome.errors.contains("run: chmod"), "\(outcome.errors)")
    }
    let refused = try await TesseraProcess.run(["client", "list"], in: folder)
    let line = try #require(refused.errors.firstMatch(of: /run: (chmod .+)/)).1
    #expect(try await TesseraProcess.shell(String(line), in: folder) == 0)
    let mended = try await TesseraProcess.run(["client", "list"], in: folder)
    #expect(mended.status == 0, "\(mended.errors)")
  }

  @Test(arguments: ["umask 0", "umask 0777"])
  func newFilesAreTheirOwnersWhateverTheUmask(umask: String) async throws {
    let folder = try TemporaryFolder()
    let line = umask + #" && "$TESSERA" init"#
    #expect(try await TesseraProcess.shell(line, in: folder) == 0)
    let data = folder.url("tessera-data")
    #expect(try permissions(data) == 0o700)
    let names = try FileManager.default.contentsOfDirectory(atPath: data.path)
    #expect(Set(names).isSuperset(of: ["master.key"] + databaseFiles.prefix(1)))
    for name in names { #expect(try permissions(data.appending(path: name)) == 0o600, "\(name)") }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func rootWorksBesideAServiceAndLeavesItItsFiles() async throws {
    let folder = try TemporaryFolder()
    let data = folder.url("tessera-data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: false)
    for file in [folder.url, data] { #expect(chown(file.path, 65_534, 65_534) == 0) }
    #expect(chmod(data.path, 0o700) == 0)
    let server = try await RunningServer.start(in: folder)
    _ = try await server.makeClient()
    let names = try FileManager.default.contentsOfDirectory(atPath: data.path)
    #expect(Set(names).isSuperset(of: ["master.key"] + databaseFiles))
    for name in names {
      let attributes = try FileManager.default.attributesOfItem(atPath: data.appending(path: name).path)
      #expect(attributes[.ownerAccountID] as? Int == 65_534, "\(name)")
    }
    try await server.stop()
  }
}
