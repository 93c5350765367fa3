import Logging
import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraPostgres

@Suite("What one node does for all", .timeLimit(.minutes(10)))
struct OneMoverTests {
  private static let uses: Set<KeyUse> = [.sealing, .signing(.es256)]

  /// What a node makes of a store at a time.
  private func administration(_ store: PostgresStore, _ clocks: TestClocks) throws -> Administration {
    Administration(
      store: store,
      masterKey: try #require(MasterKey(bytes: [UInt8](repeating: 7, count: MasterKey.byteCount))),
      actor: "node",
      clock: clocks.wall
    )
  }

  @Test("Of three nodes that rotate at once, again and again, each new key is made by one")
  func keys() async throws {
    try await withDatabase { database in
      let clocks = TestClocks()
      var stores: [PostgresStore] = []
      for _ in 0..<3 { stores.append(try await database.store()) }
      let nodes = try stores.map { try administration($0, clocks) }
      try await nodes[0].initialise()
      for round in 1...6 {
        clocks.advance(seconds: 2_592_000)
        let before = try await stores[0].keys()
        if round.isMultiple(of: 2) {
          // A node that was killed between its two steps has made one of the two keys.
          _ = try await nodes[0].rotateKeys(for: [.sealing])
        }
        let performed = try await withThrowingTaskGroup(of: Int.self) { group in
          for node in nodes + nodes {
            group.addTask { try await node.performRotation(uses: OneMoverTests.uses) }
          }
          return try await group.reduce(0, +)
        }
        let added = try await stores[1].keys().filter { key in
          !before.contains { $0.number == key.number }
        }
        #expect(Set(added.map(\.use)) == OneMoverTests.uses, "round \(round)")
        #expect(added.count == 2, "round \(round)")
        #expect(performed >= (round.isMultiple(of: 2) ? 1 : 2))
      }
      for store in stores { await store.close() }
    }
  }

  @Test("A turn that is free goes to one of three nodes, and the clocks of the nodes have no part in it")
  func turns() async throws {
    try await withDatabase { database in
      var stores: [PostgresStore] = []
      for _ in 0..<3 { stores.append(try await database.store()) }
      for round in 0..<10 {
        let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
          for (node, store) in (stores + stores).enumerated() {
            group.addTask {
              try await store.takeTurn(at: "task \(round)", every: 3_600_000, as: "node \(node)")
            }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(taken.count { $0 } == 1, "round \(round)")
      }
      try await database.run("UPDATE turns SET begun_at = begun_at - 3600000 WHERE task = 'task 3'")
      #expect(try await stores[2].takeTurn(at: "task 3", every: 3_600_000, as: "node 2"))
      #expect(try await database.run("SELECT holder FROM turns WHERE task = 'task 3'") == "node 2")
      for store in stores { await store.close() }
    }
  }
}
