import Synchronization
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// The master key is changed under a server that runs.
@Suite struct MasterKeyChangeTests {
  private static func key(_ byte: UInt8) throws -> MasterKey {
    try #require(MasterKey(bytes: [UInt8](repeating: byte, count: 32)))
  }

  /// Another node on the same store, and where it finds its next master key.
  private struct OtherNode {
    let replica: Replica
    let administration: Administration
    let found: Found

    final class Found: Sendable {
      let key = Mutex<MasterKey?>(nil)
    }

    init(_ key: MasterKey, on server: TestServer) async throws {
      let found = Found()
      self.found = found
      let node = ServerNode(
        ServerNode.Environment(
          masterKeys: MasterKeys(key) { _ in found.key.withLock { $0 } },
          clock: server.clocks.wall,
          monotonicClock: server.clocks.monotonic,
          logger: server.log.logger
        )
      )
      replica = node.replica
      administration = try await node.begin(on: server.store, actor: "other")
    }
  }

  @Test func tokensAndSecretsOfBeforeStayValidAndNewOnesAreMade() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let imported = try await server.makeClient { $0.importedSecret = "correct horse battery" }
      let token = try #require(try await server.send(client.tokenRequest()).accessToken)
      let wrapped = try await server.store.keys().map(\.wrapped)
      let next = try MasterKeyChangeTests.key(9)
      #expect(try await server.administration.changeMasterKey(to: next) == 2)
      #expect(Set(try await server.store.keys().map(\.wrapped)).isDisjoint(with: wrapped))
      let audit = try await server.store.auditRecords(before: nil, subject: nil, limit: 1)
      #expect(audit.first?.event.action == .masterKeyChanged)

      let other = try await OtherNode(next, on: server)
      #expect(!other.replica.lacksMasterKey)
      let facts = try other.replica.facts()
      #expect(facts.keyRing.stored.count == 2)
      for client in [client, imported] {
        #expect(try await server.send(client.tokenRequest()).status == 200)
      }
      #expect(try server.openToken(token) != nil)
      let added = try await other.administration.addSecret(to: client.id, named: "new")
      try await server.replica.catchUp()
      #expect(
        try await server.send(TestClient(id: client.id, secret: added.secret.exposed).tokenRequest()).status
          == 200
      )
      await #expect(throws: StoreError.self, "the old one is that of the store no more") {
        try await OtherNode(server.masterKey, on: server)
      }
    }
  }

  @Test func aNodeThatHasNotTheNewOneGoesOnAndTakesItOnceItIsThere() async throws {
    try await TestServer.run { server in
      let (client, next) = (try await server.makeClient(), try MasterKeyChangeTests.key(9))
      let node = try await OtherNode(server.masterKey, on: server)
      _ = try await server.administration.changeMasterKey(to: next)
      try await node.replica.catchUp()
      #expect(node.replica.lacksMasterKey)
      #expect(try node.replica.facts().keyRing.stored.map(\.number) == [1, 2])

      // Other changes count there too, and a key that is destroyed is gone.
      let scopes = try node.replica.facts().scopes.count
      _ = try await server.administration.createScope(
        "other",
        description: "Other",
        resource: Administration.defaultResource
      )
      let owner = try await OtherNode(next, on: server)
      _ = try await owner.administration.setClient(client.id, enabled: false)
      try await node.replica.catchUp()
      #expect(try node.replica.facts().scopes.count == scopes + 1)

      // What it cannot read, it does not guess: the feed is not followed beyond it.
      _ = try await owner.administration.destroyKey(1)
      await #expect(throws: StoreError.self) { try await node.replica.catchUp() }
      node.found.key.withLock { $0 = next }
      try await node.replica.catchUp()
      #expect(!node.replica.lacksMasterKey)
      #expect(try node.replica.facts().keyRing.stored.map(\.number) == [2, 3])
      #expect(try await node.administration.keys().count == 2)
    }
  }

  @Test func aKeyOfTheOldOneIsNotAddedAnyMore() async throws {
    try await TestServer.run { server in
      let stale = try await OtherNode(server.masterKey, on: server)
      let made = try stale.administration.newKey(
        numbered: 7,
        for: .sealing,
        activatesAt: server.clocks.wall.now
      )
      _ = try await server.administration.changeMasterKey(to: try MasterKeyChangeTests.key(9))
      await #expect(throws: StoreError.conflict("The master key was changed meanwhile; run it again")) {
        try await server.store.changeKeys([made.addition])
      }
      #expect(try await server.store.keys().count == 2)
      await #expect(throws: AdministrationError.self) {
        try await stale.administration.rotateKeys(for: [.sealing])
      }
    }
  }

  @Test func ofTwoChangesOneIsMadeAndTheOneThatThereIsIsNone() async throws {
    try await TestServer.run { server in
      let (first, second) = (try MasterKeyChangeTests.key(8), try MasterKeyChangeTests.key(9))
      await #expect(throws: AdministrationError.conflict("this is the master key already")) {
        try await server.administration.changeMasterKey(to: server.masterKey)
      }
      _ = try await server.administration.changeMasterKey(to: first)
      await #expect(throws: AdministrationError.conflict(Administration.masterKeyIsMissing)) {
        try await server.administration.changeMasterKey(to: second)
      }
      let state = try #require(try await server.store.serverState())
      #expect(state.isProtected(by: first))
      #expect(!state.isProtected(by: second) && !state.isProtected(by: server.masterKey))
    }
  }

  @Test func changingItAgainKeepsSecretsToo() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      var (present, administration) = (server.masterKey, server.administration)
      for byte: UInt8 in 20..<23 {
        let next = try MasterKeyChangeTests.key(byte)
        _ = try await administration.changeMasterKey(to: next)
        present = next
        administration = try await OtherNode(present, on: server).administration
      }
      let state = try #require(try await server.store.serverState())
      let digest = try state.secretHasher(by: present).digest(client.secret)
      #expect(digest == SecretHasher(masterKey: server.masterKey).digest(client.secret))
    }
  }
}
