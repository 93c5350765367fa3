import Foundation
import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraServer
@testable import TesseraStoreTesting

/// A backup of any kind of store is restored into any other.
@Suite struct BackupRestoreTests {
  private let folder: TemporaryFolder
  private let noon = WallClock { Timestamp(milliseconds: 1_700_000_000_000) }

  init() throws {
    folder = try TemporaryFolder()
  }

  private func path(_ name: String) -> String { folder.path + "/" + name }

  /// A configuration of a new store, in a data directory that has this master key.
  private func configuration(_ scheme: String, key: String? = nil) async throws -> ServerConfiguration {
    var configuration = ServerConfiguration()
    configuration.dataDirectory = path(UUID().uuidString)
    if scheme == "postgres" {
      let server = try await PostgresServer.shared
      configuration.store = StoreURL(server.url(try await server.makeDatabase()))
    }
    if let key { try giveKey(key, to: configuration) }
    return configuration
  }

  private func giveKey(_ key: String, to configuration: ServerConfiguration) throws {
    let folder = configuration.dataDirectory
    try DataDirectoryLayout(path: folder).makeFolder()
    try Data((key + "\n").utf8).write(to: URL(filePath: folder + "/master.key"))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/master.key")
  }

  private static func key(_ byte: UInt8) -> String {
    Data([UInt8](repeating: byte, count: 32)).base64EncodedString()
  }

  /// A store with odd records of every kind, whose keys belong to this master key.
  private func filled(_ scheme: String, key: String = key(1), seed: Int = 1) async throws
    -> ServerConfiguration
  {
    let configuration = try await configuration(scheme, key: key)
    let data = try await DataDirectory.open(of: configuration, whenAbsent: .initialises, actor: "test")
    await data.store.close()
    let place = try StorePlace(of: configuration)
    let kept = try place.snapshot()
    let (keys, state) = (
      try kept.records(of: .keys, after: nil, limit: 9),
      try kept.records(of: .serverState, after: nil, limit: 9)
    )
    let writer = try place.openToFill()
    try writer.begin()
    try writer.removeAll()
    for (kind, records) in OddRecords.all(seed: seed) {
      let kept = kind == .keys ? keys : kind == .serverState ? state : records
      try writer.insert(kept, of: kind)
    }
    try writer.commit(recording: nil)
    return configuration
  }

  private func backUp(_ configuration: ServerConfiguration, to name: String, replaces: Bool = false)
    async throws -> [RecordTally]
  {
    try await StoreBackup(
      of: try StorePlace(of: configuration),
      to: .file(path(name), replaces: replaces),
      clock: noon
    ).run { _, _ in }
  }

  private func restore(
    _ name: String,
    to configuration: ServerConfiguration,
    replacing: Bool = false
  ) async throws -> [RecordTally] {
    try await StoreRestore(
      of: path(name),
      to: configuration,
      replacing: replacing,
      actor: "test",
      clock: noon
    ).run { _ in }.records
  }

  private func failure(_ body: () async throws -> Void) async throws -> String? {
    do {
      try await body()
      return nil
    } catch let error as StoreMoveError {
      return error.description
    }
  }

  private func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: path(name))) }

  private func contents(_ configuration: ServerConfiguration) throws -> [String: [StoreRecord]] {
    let place = try StorePlace(of: configuration)
    let snapshot = try place.snapshot()
    return try RecordKind.all.reduce(into: [:]) { contents, kind in
      contents[kind.name] = try snapshot.records(of: kind, after: nil, limit: .max)
    }
  }

  @Test(arguments: [("sqlite", "postgres"), ("postgres", "sqlite"), ("sqlite", "sqlite")])
  func whatWasBackedUpIsThereAfterwardsWithOneMoreEvent(from: String, to: String) async throws {
    let source = try await filled(from)
    let saved = try await backUp(source, to: "backup")
    #expect(try folder.permissions(of: "backup") == 0o600)
    let target = try await configuration(to, key: BackupRestoreTests.key(1))
    #expect(try await restore("backup", to: target) == saved)
    var (before, after) = (try contents(source), try contents(target))
    let (audit, changes) = (after["audit"]?.popLast(), after["changes"]?.popLast())
    #expect(before == after)
    #expect(audit?.values.contains(.text("server.restored")) == true)
    #expect(changes?.values.contains(.text("unknown")) == true)

    // The same store gives the same file, whatever its kind.
    _ = try await backUp(source, to: "again")
    #expect(try bytes("again") == bytes("backup"))
    let third = try await configuration(from, key: BackupRestoreTests.key(1))
    _ = try await restore("backup", to: third)
    _ = try await (backUp(third, to: "third"), backUp(target, to: "second"))
    #expect(try bytes("third") == bytes("second"))
    before = try contents(third)
    #expect(before == (try contents(target)))
  }

  @Test(arguments: ["sqlite", "postgres"])
  func whatTheStoreHasIsLostOnlyWhereThatIsSaid(scheme: String) async throws {
    let (source, target) = (try await filled(scheme), try await filled(scheme, seed: 2))
    let before = try contents(target)
    _ = try await backUp(source, to: "backup")
    let refusal = try await failure { _ = try await restore("backup", to: target) }
    #expect(
      refusal?.hasSuffix(" has data already; name another place, or lose that data with --replace") == true
    )
    #expect(try contents(target) == before)
    _ = try await restore("backup", to: target, replacing: true)
    var after = try contents(target)
    let (last, lost) = (after["changes"]?.popLast()?.values.first, before["changes"]?.last?.values.first)
    guard case .integer(let number)? = last, case .integer(let greatest)? = lost else {
      Issue.record("no changes")
      return
    }
    // Or a node that has read up to there would believe that nothing has changed.
    #expect(number > greatest)
    _ = after["audit"]?.popLast()
    #expect(after == (try contents(source)))
    let data = try await DataDirectory.open(of: target, whenAbsent: .fails, actor: "test")
    await data.store.close()
  }

  @Test func anotherMasterKeyOrNoneIsRefusedBeforeAnythingIsMade() async throws {
    _ = try await backUp(try await filled("sqlite"), to: "backup")
    let none = try await configuration("sqlite")
    let missing = try await failure { _ = try await restore("backup", to: none) }
    #expect(
      missing
        == "the master key of the backup is needed and in no backup; put it into \(none.dataDirectory)/master.key, "
        + "with mode 0600"
    )
    #expect(!FileManager.default.fileExists(atPath: none.dataDirectory))
    let other = try await configuration("sqlite", key: BackupRestoreTests.key(2))
    let wrong = try await failure { _ = try await restore("backup", to: other) }
    #expect(
      wrong
        == "\(other.dataDirectory)/master.key is not the master key of \(path("backup")); put the one of that time in "
        + "its place, and run this again"
    )
    #expect(try FileManager.default.contentsOfDirectory(atPath: other.dataDirectory) == ["master.key"])
    try giveKey(BackupRestoreTests.key(1), to: other)
    _ = try await restore("backup", to: other)
  }

  @Test func aFileThatIsNoWholeBackupIsRefusedInOneLineThatSaysWhatToDo() async throws {
    let source = try await filled("sqlite")
    _ = try await backUp(source, to: "backup")
    let whole = try bytes("backup")
    let target = try await configuration("sqlite", key: BackupRestoreTests.key(1))
    var altered = whole
    altered[whole.count / 2] ^= 1
    let newer = Data("tessera-backup 2".utf8) + whole.dropFirst(16)
    let damage = "is cut off or was altered; restore another backup"
    for (content, text) in [
      (altered, damage), (whole.dropLast(), damage), (whole.prefix(100), damage), (whole + [0], damage),
      (Data("hello\n".utf8), "is no backup of Tessera; name a file that 'tessera backup' wrote"),
      (Data(), "is no backup of Tessera; name a file that 'tessera backup' wrote"),
      (
        newer,
        "was made by a newer version of Tessera and does not fit this version, \(Version.current); restore it with that one"
      ),
    ] {
      try content.write(to: URL(filePath: path("bad")))
      #expect(try await failure { _ = try await restore("bad", to: target) } == "\(path("bad")) \(text)")
    }
    #expect(
      try await failure { _ = try await restore("nothing", to: target) }
        == "cannot read \(path("nothing")): No such file or directory"
    )
    #expect(
      try await failure { _ = try await restore(".", to: target) }
        == "\(path(".")) is no file; name one that 'tessera backup' wrote"
    )
    #expect(try FileManager.default.contentsOfDirectory(atPath: target.dataDirectory) == ["master.key"])
    _ = try await restore("backup", to: target)
  }

  // MARK: The file of a backup

  @Test func aFileThatIsThereIsReplacedOnlyWhereThatIsSaid() async throws {
    let source = try await filled("sqlite")
    _ = try folder.write("precious", to: "backup")
    let refusal = try await failure { _ = try await backUp(source, to: "backup") }
    #expect(
      refusal == "\(path("backup")) is there already; name another file, or replace it with --overwrite"
    )
    #expect(try bytes("backup") == Data("precious".utf8))
    _ = try await backUp(source, to: "backup", replaces: true)
    #expect(try bytes("backup").starts(with: Data("tessera-backup 1\n".utf8)))
    try FileManager.default.createDirectory(atPath: path("sub"), withIntermediateDirectories: false)
    #expect(
      try await failure { _ = try await backUp(source, to: "sub", replaces: true) }
        == "\(path("sub")) is a folder; name a file in it"
    )
    #expect(
      try await failure { _ = try await backUp(source, to: "no/backup") }
        == "cannot write \(path("no/backup")): No such file or directory"
    )
  }

  @Test func whatIsInTheWayOfTheDraftIsNotWrittenTo() async throws {
    let source = try await filled("sqlite")
    let victim = try folder.write("precious", to: "victim")
    // What a process that was killed has left there is written over.
    _ = try folder.write("half", to: "backup.partial", permissions: 0o644)
    _ = try await backUp(source, to: "backup")
    #expect(try folder.permissions(of: "backup") == 0o600)
    #expect(!FileManager.default.fileExists(atPath: path("backup.partial")))
    // A second name of another file is given up, and the other file stays.
    #expect(link(victim, path("b.partial")) == 0)
    _ = try await backUp(source, to: "b")
    #expect(symlink(victim, path("c.partial")) == 0)
    #expect(try await failure { _ = try await backUp(source, to: "c") }?.hasPrefix("cannot write ") == true)
    #expect(mkfifo(path("d.partial"), 0o600) == 0)
    #expect(try await failure { _ = try await backUp(source, to: "d") }?.hasPrefix("cannot write ") == true)
    #expect(symlink(victim, path("e")) == 0)
    #expect(try await failure { _ = try await backUp(source, to: "e") }?.contains("is there already") == true)
    _ = try await backUp(source, to: "e", replaces: true)
    #expect(try bytes("victim") == Data("precious".utf8))
    #expect(try bytes("e") == bytes("b"))
  }

  @Test func ofTwoAtOnceIntoOneFileOneIsRefused() async throws {
    let source = try await filled("sqlite")
    let other = try BackupFile(path("backup"), replacing: false)
    #expect(
      try await failure { _ = try await backUp(source, to: "backup") }
        == "another process writes a backup to \(path("backup")); wait until it is done"
    )
    try other.write([1])
    try other.finish()
    #expect(try bytes("backup") == Data([1]))
  }

  @Test func nothingIsLeftOfOneThatIsGivenUp() throws {
    do {
      let file = try BackupFile(path("backup"), replacing: false)
      try file.write([1, 2, 3])
      #expect(FileManager.default.fileExists(atPath: path("backup.partial")))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func whatIsNotInitialisedHasNoBackup() async throws {
    let target = try await configuration("sqlite")
    let absent = try await failure { _ = try await backUp(target, to: "backup") }
    #expect(absent?.hasPrefix("no data at \(target.dataDirectory)") == true)
    let empty = try await configuration("postgres")
    let place = try StorePlace(of: empty)
    _ = try place.openToFill()
    let refusal = try await failure { _ = try await backUp(empty, to: "backup") }
    #expect(refusal?.hasSuffix(": it is not initialised") == true)
    #expect(!FileManager.default.fileExists(atPath: path("backup")))
  }
}
