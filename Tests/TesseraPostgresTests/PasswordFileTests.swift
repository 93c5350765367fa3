import Synchronization
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraPostgres

@Suite("The password of a database in a file of its own", .timeLimit(.minutes(5)))
struct PasswordFileTests {
  /// A password as a file has it, which is written anew.
  private final class File: Sendable {
    let text = Mutex("")

    init(_ text: String) { set(text) }

    func set(_ text: String) { self.text.withLock { $0 = text } }
    var password: StorePassword { { .success(self.text.withLock { $0 }) } }
  }

  /// What calls of a store there were.
  private final class Load: Sendable {
    let isOver = Atomic(false)
    let calls = Atomic(0)
    let hasFailed = Atomic(false)
  }

  @Test("While it is changed under load, no call fails: old connections stay, new ones take the new one")
  func changed() async throws {
    try await withDatabase { database in
      try await database.run("CREATE USER renewed PASSWORD 'first' SUPERUSER")
      let url = database.server.url(database.name, user: "renewed")
      let file = File("first")
      let store = try await PostgresStore.open(url, password: file.password, limits: .forTests)
      let load = Load()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<3 {
          group.addTask {
            var number = 0
            do {
              while !load.isOver.load(ordering: .relaxed) {
                number += 1
                try await store.insertScope(try Example.scope("w\(worker)-\(number)"), audit: Example.event)
                _ = try await store.latestChange()
                load.calls.wrappingAdd(1, ordering: .relaxed)
              }
            } catch {
              load.hasFailed.store(true, ordering: .relaxed)
              throw error
            }
          }
        }
        func some() async throws {
          let before = load.calls.load(ordering: .relaxed)
          try await wait {
            load.calls.load(ordering: .relaxed) > before + 20 || load.hasFailed.load(ordering: .relaxed)
          }
        }
        try await some()
        try await database.run("ALTER USER renewed PASSWORD 'second'")
        try await some()
        file.set("second")
        try await some()
        load.isOver.store(true, ordering: .relaxed)
        try await group.waitForAll()
      }
      await store.close()
      let again = try await PostgresStore.open(url, password: file.password, limits: .forTests)
      #expect(try await again.latestChange() > 0)
      await again.close()
      file.set("first")
      do throws(StoreOpeningError) {
        let store = try await PostgresStore.open(url, password: file.password, limits: .forTests)
        await store.close()
        Issue.record("the old password still works")
      } catch {
        let place = try ConnectionURL(url, limits: Limits()).place
        #expect(error == .failed(ConnectionProblem(.wrongPassword, at: place).description))
      }
      try await database.run("DROP OWNED BY renewed; DROP USER renewed")
    }
  }

  @Test("A second password in the URL, and a file that cannot be used, are refused in one line")
  func refused() async throws {
    let server = try await PostgresServer.shared
    let two = server.url("postgres", user: "guarded", password: "hunter2")
    await #expect(throws: StoreOpeningError.failed(try text(.twoPasswords, of: two))) {
      try await PostgresStore.open(two, password: File("hunter2").password)
    }
    let one = server.url("postgres", user: "guarded")
    await #expect(throws: StoreOpeningError.failed(try text(.passwordFile(.failed("it is empty")), of: one)))
    {
      try await PostgresStore.open(one, password: { .failure(.failed("it is empty")) })
    }
  }

  private func text(_ kind: ConnectionProblem.Kind, of url: String) throws -> String {
    ConnectionProblem(kind, at: try ConnectionURL(url, limits: Limits()).place).description
  }
}
