import Logging
import Synchronization
import TesseraCore
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// What a start waits for, and what it does not.
@Suite struct NodeStartTests {
  /// A start whose opening comes to these one after the other, and then to the data directory in a folder.
  private func start(
    after outcomes: [DataDirectoryError],
    in folder: TemporaryFolder,
    log: TestLog = TestLog()
  ) async throws -> NodeStart {
    let data = try await DataDirectory.open(folder.path + "/data", whenAbsent: .initialises, actor: "test")
    let next = Mutex(outcomes[...])
    return NodeStart(
      node: ServerNode(ServerNode.Environment(masterKey: data.masterKey, logger: log.logger)),
      open: { () throws(DataDirectoryError) in
        if let error = next.withLock({ $0.popFirst() }) { throw error }
        return data
      },
      logger: log.logger
    )
  }

  @Test func anOutageIsWaitedFor() async throws {
    let folder = try TemporaryFolder()
    let log = TestLog()
    let start = try await start(after: [.unreachable("a"), .unreachable("b")], in: folder, log: log)
    await #expect(throws: NodeStart.Unreachable.self) { try await start.attempt() }
    let begun = try #require(try await start.wait())
    #expect(log.lines == ["the store is there: requests are answered"])
    #expect(try start.node.replica.facts().keyUses.isEmpty == false)
    await begun.data.store.close()
  }

  @Test func anythingElseStopsTheStartAlsoAfterItHasWaited() async throws {
    let folder = try TemporaryFolder()
    let start = try await start(after: [.unreachable("a"), .store("wrong password")], in: folder)
    await #expect(throws: DataDirectoryError.store("wrong password")) { try await start.wait() }
  }

  @Test func aStoreOfAnotherMasterKeyStopsTheStart() async throws {
    let (one, other) = (try TemporaryFolder(), try TemporaryFolder())
    let start = try await start(after: [], in: one)
    let foreign = try await DataDirectory.open(
      other.path + "/data",
      whenAbsent: .initialises,
      actor: "test"
    )
    await #expect(throws: ServerStartError.self) { try await start.begin(on: foreign) }
  }

  /// A file that cannot be read now is no outage.
  @Test func aFileIsNotWaitedFor() async throws {
    let folder = try TemporaryFolder()
    let start = try await start(after: [], in: folder)
    let data = try await start.open()
    await data.store.close()
    await #expect(throws: ServerStartError.self) { try await start.begin(on: data) }
  }
}
