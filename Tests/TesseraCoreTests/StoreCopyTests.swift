import Synchronization
import TesseraCore
import TesseraJOSE
import Testing

/// What is refused before anything is kept, and what a copy proves.
@Suite struct StoreCopyTests {
  private static let clients = (0..<5).map { number in
    StoreRecord(
      [.text("client \(number)")] + Array(repeating: .null, count: RecordKind.clients.fields.count - 1)
    )
  }
  private static let changes = (1...3).map {
    StoreRecord([.integer($0), .integer(0), .text("scopes"), .null])
  }

  private let source = RecordList("source", ["clients": clients, "changes": changes])
  private let target = RecordList("target", [:])

  /// Why it is refused.
  private func refusal() throws -> StoreCopyError? {
    do throws(StoreCopyError) {
      _ = try StoreCopy(from: source, to: target, batchSize: 2).run()
      return nil
    } catch {
      return error
    }
  }

  @Test func everyRecordOfEachKindIsCopiedAndCounted() throws {
    let heard = Mutex<[Int]>([])
    let tallies = try StoreCopy(from: source, to: target, batchSize: 2) { progress in
      #expect(progress.total == 8)
      heard.withLock { $0.append(progress.done) }
    }.run()
    #expect(tallies.map(\.kind) == RecordKind.all)
    #expect(tallies.map(\.count) == RecordKind.all.map { $0 == .clients ? 5 : $0 == .changes ? 3 : 0 })
    #expect(target.contents == source.contents)
    #expect(target.isCommitted)
    #expect(heard.withLock { $0 } == [2, 4, 5, 7, 8, 2, 4, 5, 7, 8])
  }

  @Test func whatIsTheSameHasTheSameDigestAndWhatIsNotHasAnother() throws {
    let digests = try [
      StoreRecord([.null]), StoreRecord([.integer(0)]), StoreRecord([.text("")]), StoreRecord([.bytes([])]),
      StoreRecord([.text("ab"), .text("c")]), StoreRecord([.text("a"), .text("bc")]),
      StoreRecord([.text("\u{E9}")]), StoreRecord([.text("e\u{301}")]),
      StoreRecord([.bytes(Array("ab".utf8))]),
      StoreRecord([.text("ab")]),
    ].map { record in
      try (0..<2).map { _ in
        try StoreCopy(from: RecordList("source", ["clients": [record]]), to: RecordList("target", [:]))
          .run().first { $0.kind == .clients }?.digest
      }
    }
    #expect(digests.allSatisfy { $0[0] == $0[1] })
    #expect(Set(digests.map { $0[0] }).count == digests.count)
  }

  @Test func aStoreIsNotCopiedOntoItself() throws {
    let same = RecordList("source", [:])
    #expect(throws: StoreCopyError.sameStore) { try StoreCopy(from: source, to: same).run() }
  }

  @Test(arguments: RecordKind.all)
  func aTargetThatHasARecordIsRefused(kind: RecordKind) throws {
    target.write { $0[kind.name] = [StoreRecord([.integer(1)])] }
    #expect(try refusal() == .targetNotEmpty(kind))
    #expect(!target.isCommitted)
  }

  @Test func aSourceThatIsUsedIsRefused() throws {
    source.isInUse = true
    #expect(try refusal() == .sourceInUse)
    #expect(target.contents.isEmpty)
  }

  @Test func aTargetThatIsUsedIsRefused() throws {
    target.isInUse = true
    #expect(try refusal() == .targetInUse)
    #expect(target.contents.isEmpty)
  }

  @Test func whatATargetHasIsReplacedWhereThatIsAskedForAndSaid() throws {
    target.write { $0["scopes"] = [StoreRecord([.integer(1)])] }
    let event = AuditEvent(
      time: Timestamp(milliseconds: 1),
      actor: "test",
      action: .serverRestored,
      subject: "server"
    )
    _ = try StoreCopy(from: source, to: target, replacing: true, recording: event).run()
    #expect(target.contents == source.contents)
    #expect(target.recorded == event)
  }

  @Test func aSourceThatIsWrittenToMeanwhileIsRefused() throws {
    source.movesOn = true
    #expect(try refusal() == .sourceMovedOn)
    #expect(!target.isCommitted)
  }

  enum Fault: CaseIterable {
    case loses, alters, repeats
  }

  @Test(arguments: Fault.allCases)
  func aTargetThatDoesNotKeepWhatItIsGivenIsNoticed(fault: Fault) throws {
    target.afterInsertion = { records in
      switch fault {
      case .loses: records.removeLast()
      case .alters: records[0].values[1] = .integer(7)
      case .repeats: records.append(records[0])
      }
    }
    guard case .differs(let sent, let found)? = try refusal() else {
      Issue.record("it was taken")
      return
    }
    #expect(sent.kind == .clients && found.kind == .clients && sent != found)
    #expect(!target.isCommitted)
  }

  @Test func whatFailsSaysWhichSide() throws {
    source.failure = .unavailable("gone")
    #expect(try refusal() == .source(.unavailable("gone")))
    source.failure = nil
    target.failure = .unavailable("full")
    #expect(try refusal() == .target(.unavailable("full")))
    #expect(!target.isCommitted)
  }
}

/// Records in memory.
private final class RecordList: StoreSnapshot, StoreWriter {
  let identity: String
  private(set) var contents: [String: [StoreRecord]]
  private(set) var isCommitted = false
  private(set) var recorded: AuditEvent?
  var isInUse = false
  var movesOn = false
  var failure: StoreError?
  var afterInsertion: (inout [StoreRecord]) -> Void = { _ in }

  init(_ identity: String, _ contents: [String: [StoreRecord]]) {
    self.identity = identity
    self.contents = contents
  }

  func write(_ change: (inout [String: [StoreRecord]]) -> Void) { change(&contents) }

  func count(of kind: RecordKind) throws(StoreError) -> Int {
    if let failure { throw failure }
    return contents[kind.name]?.count ?? 0
  }

  func records(
    of kind: RecordKind,
    after record: StoreRecord?,
    limit: Int
  ) throws(StoreError) -> [StoreRecord] {
    let all = contents[kind.name] ?? []
    let start =
      record.flatMap { last in all.lastIndex { $0.values[0] == last.values[0] } }.map { $0 + 1 } ?? 0
    return Array(all[start...].prefix(limit))
  }

  func hasMovedOn() throws(StoreError) -> Bool { movesOn }

  func begin() throws(StoreError) {}

  func insert(_ records: [StoreRecord], of kind: RecordKind) throws(StoreError) {
    var records = records
    afterInsertion(&records)
    contents[kind.name, default: []] += records
  }

  func removeAll() throws(StoreError) { contents = [:] }

  func commit(recording event: AuditEvent?) throws(StoreError) {
    (isCommitted, recorded) = (true, event)
  }
}
