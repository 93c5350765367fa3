import Foundation
import TesseraTestSupport
import Testing

/// A data directory is made by who asks for one, and by nobody who mistyped its name.
@Suite struct DataDirectoryMakingTests {
  /// Every command that works on a data directory, but for those that make one.
  static let commands = [
    "serve", "client create --name a --scope item", "client list", "client show a",
    "client update a --name b", "client disable a --yes", "client enable a", "client delete a --yes",
    "client revoke-tokens a --yes", "client secret add a --name b", "client secret list a",
    "client secret revoke a b --yes", "scope create a --description a", "scope list", "scope retire a --yes",
    "resource create urn:a --description a", "resource list", "resource update urn:a --description b",
    "resource retire urn:a --yes", "key list", "key rotate", "audit list", "token inspect a",
    "token revoke a --yes", "revoke-all --yes",
  ]

  @Test("Without data it says what to do and makes nothing", .dataDirectoryAlone, arguments: commands)
  func nothingIsMade(command: String) async throws {
    let folder = try TemporaryFolder()
    let empty = folder.url("empty")
    try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: false)
    for data in ["mistyped/data", "empty"] {
      let outcome = try await TesseraProcess.run(
        command.split(separator: " ").map(String.init) + ["--data", data],
        in: folder
      )
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors.contains("no data at \(data); 'tessera init' makes it"), "\(outcome.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.url("mistyped").path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: empty.path).isEmpty)
  }

  @Test("tessera init makes it, once, and what is there stays as it is")
  func initMakesIt() async throws {
    let folder = try TemporaryFolder()
    let made = try await TesseraProcess.run(["init", "--data", "a/b"], in: folder)
    #expect(made.status == 0 && made.output == "the data directory a/b was made\n", "\(made.errors)")
    let key = try Data(contentsOf: folder.url("a/b/master.key"))
    let registration = ["client", "create", "--data", "a/b", "--name", "a", "--scope", "item"]
    #expect(try await TesseraProcess.run(registration, in: folder).status == 0)
    let again = try await TesseraProcess.run(["init", "--data", "a/b"], in: folder)
    #expect(again.status == 0 && again.output == "the data directory a/b was there already\n")
    #expect(try Data(contentsOf: folder.url("a/b/master.key")) == key)
    #expect(try await TesseraProcess.run(["client", "show", "a", "--data", "a/b"], in: folder).status == 0)
  }
}
