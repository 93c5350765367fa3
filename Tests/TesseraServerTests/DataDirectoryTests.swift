import Foundation
import TesseraCore
import TesseraSQLite
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
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
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
    #expect(try await problem(key(2)) == .foreignConfiguredKey(path: path))
    _ = try folder.write(Data(repeating: 2, count: 32).base64EncodedString(), to: "a/data/master.key")
    #expect(try await problem() == .foreignKeyFile(path: path))
    #expect(try await problem(whenAbsent: .initialises) == .foreignKeyFile(path: path))
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
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
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
}
