import Foundation
import TesseraCore
import TesseraJOSE
import Testing

@testable import TesseraServer

@Suite struct DataDirectoryTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/a/data" }

  init() throws {
    folder = try TemporaryFolder()
  }

  private func open(
    _ configuredKey: MasterKey? = nil,
    whenAbsent: DataDirectory.Absence = .fails
  ) async throws -> DataDirectory {
    try await DataDirectory.open(path, configuredKey: configuredKey, whenAbsent: whenAbsent, actor: "test")
  }

  /// Why it does not open.
  private func problem(
    _ configuredKey: MasterKey? = nil,
    whenAbsent: DataDirectory.Absence = .fails
  ) async throws -> DataDirectoryError? {
    do {
      let data = try await open(configuredKey, whenAbsent: whenAbsent)
      await data.store.close()
      return nil
    } catch let error as DataDirectoryError {
      return error
    }
  }

  private func initialise(_ configuredKey: MasterKey? = nil) async throws {
    let data = try await open(configuredKey, whenAbsent: .initialises)
    await data.store.close()
  }

  private func makeFolder(_ permissions: Int = 0o700) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try set(permissions, path)
  }

  private func set(_ permissions: Int, _ file: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file)
  }

  private func key(_ byte: UInt8) throws -> MasterKey {
    try #require(MasterKey(bytes: [UInt8](repeating: byte, count: MasterKey.byteCount)))
  }

  @Test func firstStartMakesFolderStoreAndKeyForTheirOwnerOnly() async throws {
    let data = try await open(whenAbsent: .initialises)
    #expect(try await data.store.scopes().count == 4)
    #expect(try await data.store.keys().map(\.use) == [.sealing, .signing(.es256)])
    #expect(try folder.permissions(of: "a/data") == 0o700)
    #expect(try folder.permissions(of: "a/data/master.key") == 0o600)
    #expect(try folder.permissions(of: "a/data/tessera.sqlite") == 0o600)
    await data.store.close()
    let again = try await open()
    #expect(again.masterKey.checkValue == data.masterKey.checkValue)
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(names.filter { $0.hasPrefix("master.key") } == ["master.key"])
    await again.store.close()
  }

  @Test func nothingIsMadeUnlessAsked() async throws {
    #expect(try await problem() == .noData(path: path))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/a"))
    try makeFolder()
    #expect(try await problem() == .noData(path: path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
  }

  @Test func configuredKeyLeavesNoKeyFile() async throws {
    try await initialise(key(1))
    #expect(!FileManager.default.fileExists(atPath: path + "/master.key"))
    #expect(try await problem(key(1)) == nil)
  }

  @Test func foreignKeyIsRefused() async throws {
    try await initialise(key(1))
    #expect(try await problem(key(2)) == .foreignConfiguredKey(store: path + "/tessera.sqlite"))
    let foreign = DataDirectoryError.foreignKeyFile(path: path, store: path + "/tessera.sqlite")
    _ = try folder.write(Data(repeating: 2, count: 32).base64EncodedString(), to: "a/data/master.key")
    #expect(try await problem() == foreign)
    #expect(try await problem(whenAbsent: .initialises) == foreign)
  }

  @Test func missingKeyIsNeverReplaced() async throws {
    try await initialise()
    try FileManager.default.removeItem(atPath: path + "/master.key")
    #expect(try await problem() == .keyMissing(path: path))
    #expect(try await problem(whenAbsent: .initialises) == .keyMissing(path: path))
    #expect(!FileManager.default.fileExists(atPath: path + "/master.key"))
  }

  @Test func keyFileOpenToOthersIsRefused() async throws {
    try await initialise()
    let file = path + "/master.key"
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    let error = try await problem()
    #expect(error == .keyFile(.readableByOthers(path: file)))
    #expect(error?.description.hasSuffix("run: chmod 600 \(file)") == true)
  }

  @Test func damagedKeyFileIsRefused() async throws {
    try await initialise()
    for content in ["", "AAAA\n", "not base64"] {
      _ = try folder.write(content, to: "a/data/master.key")
      #expect(try await problem() == .keyFile(.malformed(path: path + "/master.key")))
    }
  }

  @Test func whatIsNotAFolderOrAStoreIsRefused() async throws {
    _ = try folder.write("", to: "a")
    guard case .folder = try await problem(whenAbsent: .initialises) else {
      Issue.record("a file was taken for a folder")
      return
    }
    try FileManager.default.removeItem(atPath: folder.path + "/a")
    try makeFolder()
    _ = try folder.write(String(repeating: "not a database", count: 100), to: "a/data/tessera.sqlite")
    guard case .store(let text) = try await problem(whenAbsent: .initialises) else {
      Issue.record("a text was taken for a database")
      return
    }
    #expect(text.contains("is not an SQLite database"))
  }

  @Test func severalFirstStartsAtOnceEndWithOneKey() async throws {
    let path = path
    let checkValues = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let data = try await DataDirectory.open(path, whenAbsent: .initialises, actor: "test")
          let stored = try await data.store.serverState()?.masterKeyCheck
          await data.store.close()
          #expect(stored == data.masterKey.checkValue)
          return data.masterKey.checkValue
        }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(checkValues.count == 1)
  }

  @Test(arguments: [
    (0o700, true), (0o755, true), (0o750, true), (0o720, false), (0o702, false), (0o777, false),
  ])
  func folderThatOthersCanChangeIsRefused(permissions: Int, isAllowed: Bool) async throws {
    try await initialise()
    try set(permissions, path)
    for absence in [DataDirectory.Absence.fails, .initialises] {
      let error = try await problem(whenAbsent: absence)
      #expect((error == nil) == isAllowed)
      #expect(error.map { $0.description.hasSuffix("run: chmod go-w \(path)") } ?? isAllowed)
    }
  }

  @Test func newFolderThatOthersCanChangeGetsNoData() async throws {
    try makeFolder(0o777)
    guard case .unsafe = try await problem(whenAbsent: .initialises) else {
      Issue.record("data was put into a folder that everybody can change")
      return
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
  }

  @Test(arguments: [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o620, false)])
  func databaseThatOthersCanReadIsRefused(permissions: Int, isAllowed: Bool) async throws {
    let data = try await open(whenAbsent: .initialises)
    for name in ["tessera.sqlite", "tessera.sqlite-wal", "tessera.sqlite-shm"] {
      let file = path + "/" + name
      #expect(try folder.permissions(of: "a/data/" + name) == 0o600)
      try set(permissions, file)
      let error = try await problem()
      if isAllowed {
        // A user other than root cannot write it then, which is said in the store's own words.
        if case .unsafe(let file) = error { Issue.record("\(file)") }
      } else {
        let suffix = "run: chmod 600 \(file)"
        #expect(error?.description.hasSuffix(suffix) == true, "\(error?.description ?? "accepted")")
      }
      try set(0o600, file)
    }
    await data.store.close()
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func whatRootMakesBelongsToTheOwnerOfTheFolder() async throws {
    let service: uid_t = 65_534
    try makeFolder()
    #expect(chown(path, service, service) == 0)
    let data = try await open(whenAbsent: .initialises)
    for name in ["master.key", "tessera.sqlite", "tessera.sqlite-wal", "tessera.sqlite-shm"] {
      #expect(FileStatus(path: path + "/" + name) == FileStatus(owner: service, mode: 0o600), "\(name)")
    }
    await data.store.close()
    #expect(chown(path + "/tessera.sqlite", 0, 0) == 0)
    let suffix = "run: chown \(UserName(service)) \(path)/tessera.sqlite"
    #expect(try await problem()?.description.hasSuffix(suffix) == true)
    #expect(chown(path + "/tessera.sqlite", service, service) == 0)
    #expect(try await problem() == nil)
    let stranger: uid_t = 65_533
    #expect(chown(path + "/master.key", stranger, stranger) == 0)
    #expect(try await problem() == .keyFile(.foreignOwner(path: path + "/master.key", owner: stranger)))
    #expect(chown(path + "/master.key", 0, 0) == 0)
    #expect(try await problem() == nil)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func folderThatRootMakesBelongsToTheOwnerOfTheOneAbove() async throws {
    let service: uid_t = 65_534
    #expect(chown(folder.path, service, service) == 0)
    try await initialise()
    for name in ["/a", "/a/data"] {
      #expect(FileStatus(path: folder.path + name) == FileStatus(owner: service, mode: 0o700))
    }
  }
}
