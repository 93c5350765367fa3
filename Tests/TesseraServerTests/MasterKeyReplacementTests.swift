import Foundation
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// The file of the master key while it is changed: at every moment a start finds the right one.
@Suite struct MasterKeyReplacementTests {
  private let folder: TemporaryFolder
  private var data: String { folder.path + "/data" }
  private var file: MasterKeyFile { DataDirectoryLayout(path: data).keyFile }
  private var configuration: ServerConfiguration {
    var configuration = ServerConfiguration()
    configuration.dataDirectory = data
    return configuration
  }

  init() throws {
    folder = try TemporaryFolder()
  }

  private func open() async throws -> DataDirectory {
    try await DataDirectory.open(of: configuration, whenAbsent: .initialises, actor: "test")
  }

  private func administration(_ data: DataDirectory) -> Administration {
    Administration(store: data.store, masterKeys: data.masterKeys, actor: "test")
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: data).filter { $0.hasPrefix("master") }.sorted()
  }

  @Test func theNewOneTakesThePlaceOfTheOldOneWhichIsKept() async throws {
    let opened = try await open()
    let old = try file.read()
    let outcome = try await MasterKeyChange(configuration, newKeyPath: nil).run(administration(opened))
    #expect(outcome.keys == 2 && outcome.path == file.path)
    let kept = try #require(outcome.previousPath)
    #expect(try names() == ["master.key", URL(filePath: kept).lastPathComponent])
    #expect(try MasterKeyFile(path: kept).read().checkValue == old.checkValue)
    #expect(try file.read().checkValue != old.checkValue)
    for name in try names() { #expect(try folder.permissions(of: "data/\(name)") == 0o600) }
    await opened.store.close()
    try await open().store.close()
  }

  @Test func whenItIsEndedBeforeTheStoreHasTheNewOneTheOldOneGoesOn() async throws {
    let opened = try await open()
    let (old, waiting) = (try file.read(), try file.next.readOrCreate(using: .system))
    await opened.store.close()
    let again = try await open()
    #expect(again.masterKey.checkValue == old.checkValue)
    #expect(try names() == ["master.key", "master.key.new"])
    // The next try takes the one that waits.
    _ = try await MasterKeyChange(configuration, newKeyPath: nil).run(administration(again))
    #expect(try file.read().checkValue == waiting.checkValue)
    await again.store.close()
  }

  @Test func whenItIsEndedAfterThatAStartFinishesIt() async throws {
    let opened = try await open()
    let next = try file.next.readOrCreate(using: .system)
    _ = try await administration(opened).changeMasterKey(to: next)
    // What has the store open finds it as well.
    let state = try #require(try await opened.store.serverState())
    if let lock = FolderLock(data) {
      #expect(opened.masterKeys.key(of: state)?.checkValue == next.checkValue)
      #expect(try file.read().checkValue != next.checkValue, "the folder is another's at the moment")
      lock.release()
    }
    await opened.store.close()
    let again = try await open()
    #expect(again.masterKey.checkValue == next.checkValue)
    #expect(try file.read().checkValue == next.checkValue)
    #expect(try names().count == 2 && !names().contains("master.key.new"))
    await again.store.close()
  }

  @Test func aNewOneThatBelongsToNoStoreIsNoneToStartWith() async throws {
    try await open().store.close()
    _ = try file.next.readOrCreate(using: .system)
    try FileManager.default.removeItem(atPath: file.path)
    await #expect(throws: DataDirectoryError.keyMissing(path: data)) { try await open() }
    _ = try file.readOrCreate(using: .system)
    await #expect(throws: DataDirectoryError.self) { try await open() }
  }

  @Test func twoChangesAtOnceAreRefused() async throws {
    let opened = try await open()
    let lock = try #require(FolderLock(data))
    await #expect(throws: StoreMoveError.self) {
      try await MasterKeyChange(configuration, newKeyPath: nil).run(administration(opened))
    }
    lock.release()
    #expect(try names() == ["master.key"])
    await opened.store.close()
  }

  @Test func aKeyThatIsNoFileIsChangedToThatOfAFileWhichIsNamed() async throws {
    let opened = try await open()
    var named = configuration
    named.masterKey = try file.read()
    #expect(throws: StoreMoveError.self) { try MasterKeyChange(named, newKeyPath: nil) }
    #expect(throws: StoreMoveError.self) { try MasterKeyChange(configuration, newKeyPath: file.path) }
    let new = try folder.write(Data(repeating: 7, count: 32).base64EncodedString(), to: "new.key")
    let outcome = try await MasterKeyChange(named, newKeyPath: new).run(administration(opened))
    #expect(outcome.path == new && outcome.previousPath == nil)
    #expect(try names() == ["master.key"])
    await opened.store.close()
    await #expect(throws: DataDirectoryError.self) { try await open() }
    named.masterKey = try MasterKeyFile(path: new).read()
    let again = try await DataDirectory.open(of: named, whenAbsent: .fails, actor: "test")
    await again.store.close()
  }

  @Test func aNodeSaysThatItHasTheOldOneUntilItHasTheNewOne() async throws {
    let (log, opened) = (TestLog(), try await open())
    let node = ServerNode(ServerNode.Environment(masterKeys: opened.masterKeys, logger: log.logger))
    let administration = try await node.begin(on: opened.store, actor: "test")
    let service = MasterKeyService(replica: node.replica, logger: log.logger)
    var lineWasWritten: Int64?
    await service.step(&lineWasWritten)
    #expect(log.lines == [])
    let new = try folder.write(Data(repeating: 7, count: 32).base64EncodedString(), to: "new.key")
    _ = try await administration.changeMasterKey(to: try MasterKeyFile(path: new).read())
    try await node.replica.catchUp()
    for _ in 0..<3 { await service.step(&lineWasWritten) }
    #expect(log.lines.count == 1 && log.lines[0].contains("the master key was changed"), "\(log.lines)")
    try FileManager.default.copyItem(atPath: new, toPath: file.next.path)
    await service.step(&lineWasWritten)
    #expect(!node.replica.lacksMasterKey)
    #expect(log.lines.last == "the new master key is in use")
    #expect(try !names().contains("master.key.new"))
    await opened.store.close()
  }
}
