import Foundation
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraServer
@testable import TesseraStoreTesting

/// Everything goes from any kind of store to any other, and back.
@Suite struct StoreMoveTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Where another store can be.
  private func place(_ scheme: String) async throws -> StorePlace {
    switch scheme {
    case "postgres":
      let server = try await PostgresServer.shared
      return try StorePlace(server.url(try await server.makeDatabase()), option: "--to")
    default: return try StorePlace("sqlite:\(folder.path)/\(UUID().uuidString)", option: "--to")
    }
  }

  private func move(_ source: StorePlace, _ target: StorePlace) async throws -> [RecordTally] {
    try await StoreMove(from: source, to: target).run { _ in }.records
  }

  private func contents(_ place: StorePlace) throws -> [String: [StoreRecord]] {
    let snapshot = try place.snapshot()
    return try RecordKind.all.reduce(into: [:]) { contents, kind in
      contents[kind.name] = try snapshot.records(of: kind, after: nil, limit: .max)
    }
  }

  @Test(arguments: 0..<6)
  func aStoreWithOddRecordsOfEveryKindIsTheSameAfterTheWayThereAndBack(seed: Int) async throws {
    let source = try await place("sqlite")
    try source.layout?.makeFolder()
    let writer = try source.writer()
    try writer.begin()
    for (kind, records) in OddRecords.all(seed: seed) { try writer.insert(records, of: kind) }
    try writer.commit(recording: nil)

    var (last, tallies) = (source, [] as [[RecordTally]])
    for scheme in ["postgres", "postgres", "sqlite", "sqlite"] {
      let next = try await place(scheme)
      tallies.append(try await move(last, next))
      last = next
    }
    #expect(Set(tallies.map { $0.map(\.digest) }).count == 1)
    #expect(tallies[0].allSatisfy { $0.count > 0 })
    #expect(try contents(last) == contents(source))
  }

  @Test(arguments: ["sqlite", "postgres"])
  func aStoreGoesOnWhereItsSourceEnded(scheme: String) async throws {
    let data = try await DataDirectory.open(folder.path + "/data", whenAbsent: .initialises, actor: "test")
    let client = try Sample.client("a", name: "Ä", secrets: [try Sample.secret("one")])
    try await data.store.insertClient(
      client,
      audit: AuditEvent(
        time: Sample.time,
        actor: "test",
        action: .clientCreated,
        subject: "a",
        details: ["name": "Ä"]
      )
    )
    let revocation = try Sample.revocation(1, of: "a")
    _ = try await data.store.insertRevocation(revocation, limit: RevocationLimit(), audit: Sample.event())
    try await data.store.insertClient(try Sample.client("gone"), audit: Sample.event())
    try await data.store.deleteClient(try Sample.clientID("gone"), ifVersion: nil, audit: Sample.event())
    func claim(_ identifier: String) -> SingleUseClaim {
      SingleUseClaim(
        .clientAssertion,
        of: identifier,
        from: "issuer",
        for: client.id,
        expiresAt: Sample.time.advanced(bySeconds: 60)
      )
    }
    try await data.store.makePeriods(from: Sample.time)
    #expect(try await data.store.claim(claim("used")))
    let before = try await StoreContents(of: data.store)
    await data.store.close()

    let target = try await place(scheme)
    _ = try await move(try StorePlace("sqlite:\(folder.path)/data", option: "--from"), target)
    let opener = try #require([StoreOpener].all.first { $0.scheme == scheme })
    let store = try await opener.open(target.location, mayMake: false)
    #expect(try await StoreContents(of: store) == before)
    #expect(try await store.clients(named: "a\u{308}").map(\.id) == [client.id])
    #expect(try await store.recordedClients(named: "ä") == [client.id])

    // The client has one revocation, so its second one is over a limit of one.
    let limit = RevocationLimit(ofClient: 1, ofAll: 1, least: 1)
    let second = try Sample.revocation(2, of: "a", expiresAt: .distantFuture)
    let outcome = try await store.insertRevocation(second, limit: limit, audit: Sample.event())
    guard case .client = outcome else {
      Issue.record("the revocations of before do not count: \(outcome)")
      return
    }
    for _ in 0..<2 {
      #expect(try await !store.claim(claim("used")))
      try await store.makePeriods(from: Sample.time)
    }
    #expect(try await store.claim(claim("unused")))
    let latest = try await store.auditRecords(before: nil, subject: nil, limit: 1)
    let (record, change) = (try #require(before.audit.first), try #require(before.changes.last))
    #expect(latest.allSatisfy { $0.number > record.number } && !latest.isEmpty)
    #expect(try await store.latestChange() > change.sequence)
    await store.close()
  }

  /// The text of what a move is refused with.
  private func refusal(_ source: StorePlace, _ target: StorePlace) async throws -> StoreMoveError? {
    do throws(StoreMoveError) {
      _ = try await StoreMove(from: source, to: target).run { _ in }
      return nil
    } catch {
      return error
    }
  }

  @Test func whatIsWrittenDownIsAPlaceOrIsRefused() throws {
    let file = try folder.write("", to: "some.db")
    for (text, location, data) in [
      ("sqlite:\(folder.path)/x", "\(folder.path)/x/tessera.sqlite", "\(folder.path)/x"),
      ("SQLite:\(folder.path)", "\(folder.path)/tessera.sqlite", folder.path),
      ("sqlite:\(file)", file, folder.path), ("postgres://u:hunter2@h/d", "//u:hunter2@h/d", nil),
    ] as [(String, String, String?)] {
      let place = try StorePlace(text, option: "--to")
      #expect(place.location == location)
      #expect(place.layout?.path == data)
      #expect(!place.name.contains("hunter2"))
    }
    for text in ["", "data", "/data", "sqlite:", "mysql://u:hunter2@h/d", "hunter2", ":", "1:x"] {
      do throws(StoreMoveError) {
        _ = try StorePlace(text, option: "--to")
        Issue.record("\(text) was taken")
      } catch {
        guard case .usage(let line) = error else {
          Issue.record("\(text): \(error)")
          continue
        }
        #expect(line.hasPrefix("--to ") && !line.contains("hunter2"))
      }
    }
  }

  @Test func theKeyOfATargetHasToBeThatOfTheSource() async throws {
    for name in ["a", "b"] {
      try await DataDirectory.open("\(folder.path)/\(name)", whenAbsent: .initialises, actor: "test").store
        .close()
    }
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: "\(folder.path)/b/tessera.sqlite\(suffix)")
    }
    let (a, b) = (
      try StorePlace("sqlite:\(folder.path)/a", option: "--from"),
      try StorePlace("sqlite:\(folder.path)/b", option: "--to")
    )
    guard case .conflict(let text)? = try await refusal(a, b) else {
      Issue.record("another key was taken")
      return
    }
    #expect(text.hasPrefix("\(folder.path)/b/master.key is not the master key of sqlite:\(folder.path)/a"))

    try FileManager.default.removeItem(atPath: "\(folder.path)/b/master.key")
    let outcome = try await StoreMove(from: a, to: b).run { _ in }
    #expect(outcome.keyAdvice == "copy \(folder.path)/a/master.key to \(folder.path)/b/master.key")
    try FileManager.default.copyItem(
      atPath: "\(folder.path)/a/master.key",
      toPath: "\(folder.path)/b/master.key"
    )
    try await DataDirectory.open("\(folder.path)/b", whenAbsent: .fails, actor: "test").store.close()
  }
}

/// Records of every kind with whatever their fields can hold.
enum OddRecords {
  private static let texts = [
    "", "Ä", "A\u{308}", "日本語", "🦊\u{200D}🦊", "a\tb\nc\rd", "back\\slash \\N \\.", "\\.",
    "it's \"quoted\", {x}",
    "\u{1}\u{7F}", "\u{10FFFF}", String(repeating: "long ", count: 2000), #"{"name":"Ö\u0000"}"#, "NULL",
  ]
  private static let numbers: [Int64] = [0, 1, -1, .max, .min, 1_700_000_000_123]

  static func all(seed: Int) -> [(RecordKind, [StoreRecord])] {
    var random = Numbers(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
    return RecordKind.all.map { kind in
      let count = kind == .serverState ? 1 : [1, 3, 40][seed % 3]
      return (kind, (0..<count).map { index in record(of: kind, index, &random) })
    }
  }

  private static func record(of kind: RecordKind, _ index: Int, _ random: inout Numbers) -> StoreRecord {
    StoreRecord(
      kind.fields.enumerated().map { place, field in
        if field.isOptional, random.next() % 3 == 0 { return .null }
        let (text, number) = (texts[Int(random.next() % 14)], numbers[Int(random.next() % 6)])
        let isKey = place < kind.keyLength
        switch (field.type, field.name) {
        case (.text, "action"): return .text(["client.created", "of a later version"][index % 2])
        case (.text, "details"): return .text([#"{"name":"Ö"}"#, text][index % 2])
        // What has to be there, or to be another in each.
        case (.text, "name") where !isKey: return .text("\(text.prefix(100)) \(index)")
        case (.text, _): return .text(isKey ? "k\(index)" : text)
        case (.integer, "only_row"): return .integer(1)
        case (.integer, "number"), (.integer, "position"): return .integer(Int64(index + 1))
        case (.integer, "sequence"):
          return .integer(kind.name == "revocations" ? Int64(index) - 2 : Int64.max / 2 + Int64(index))
        case (.integer, _): return .integer(number)
        case (.boolean, _): return .integer(Int64(index % 2))
        case (.bytes, "token"), (.bytes, "digest"): return .bytes([UInt8(index), 0, 255])
        case (.bytes, _): return .bytes([[], [0], Array(0...255)][Int(random.next() % 3)])
        }
      }
    )
  }

  private struct Numbers {
    var state: UInt64

    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state >> 11
    }
  }
}
