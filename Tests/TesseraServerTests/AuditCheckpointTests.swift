import Logging
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// The audit log is signed by the server, and never over what was altered.
@Suite struct AuditCheckpointTests {
  private func service(
    _ data: DataDirectory,
    _ log: TestLog,
    _ notices: NoticeBoard = NoticeBoard()
  ) -> AuditCheckpointService {
    AuditCheckpointService(
      store: data.store,
      auditLog: AuditLog(store: data.store, masterKeys: data.masterKeys),
      holder: "test",
      notices: notices,
      logger: log.logger
    )
  }

  private func data(in folder: TemporaryFolder) async throws -> DataDirectory {
    try await DataDirectory.open(folder.path + "/data", whenAbsent: .initialises, actor: "test")
  }

  @Test("A server signs what it finds when it starts")
  func signs() async throws {
    let folder = try TemporaryFolder()
    let data = try await data(in: folder)
    let log = TestLog()
    let service = service(data, log)
    let running = Task { try await service.run() }
    try await wait { try await !data.store.auditMarks().isEmpty }
    try await wait { log.lines.contains { $0.contains("audit checkpoint") } }
    let first = try await data.store.auditMarks()
    let audit = AuditLog(store: data.store, masterKeys: data.masterKeys)
    #expect(try await audit.verify().problems == [])
    running.cancel()
    try await running.value
    #expect(try await data.store.auditMarks() == first)
    await data.store.close()
  }

  @Test("A server that finds the log altered says so and signs nothing")
  func refuses() async throws {
    let folder = try TemporaryFolder()
    let data = try await data(in: folder)
    let audit = AuditLog(store: data.store, masterKeys: data.masterKeys)
    let mark = try #require(try await audit.sign())
    let newest = try await data.store.auditRecords(before: nil, subject: nil, limit: 1)[0].number
    try await data.store.removeAuditRecords(
      of: .administration,
      through: newest,
      leaving: nil,
      ifMasterKey: nil
    )
    let log = TestLog()
    let notices = NoticeBoard()
    let service = service(data, log, notices)
    let running = Task { try await service.run() }
    try await wait { log.lines.contains { $0.contains("the audit log was altered") } }
    try await wait { notices.take().map(\.kind) == ["audit.altered"] }
    running.cancel()
    try await running.value
    #expect(try await data.store.auditMarks() == [mark])
    await data.store.close()
  }
}
