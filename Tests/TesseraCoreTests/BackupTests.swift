import Crypto
import Foundation
import Synchronization
import TesseraJOSE
import Testing

@testable import TesseraCore

/// The form of a backup: what is written is read, and nothing else is.
@Suite struct BackupTests {
  private static let texts = ["", "a", "\u{0}", "ä\n", String(repeating: "x", count: 300)]

  /// Two records of each kind, with every kind of value.
  private static let records: [String: [StoreRecord]] = RecordKind.all.reduce(into: [:]) { all, kind in
    all[kind.name] = (0..<2).map { index in
      StoreRecord(
        kind.fields.enumerated().map { place, field in
          if field.isOptional, (place + index) % 2 == 0 { return .null }
          return switch field.type {
          case .integer: .integer([-1, Int64.max][index])
          case .boolean: .integer(Int64(index))
          case .text: .text(texts[(place + index) % texts.count])
          case .bytes: .bytes([[], [0, 255]][index])
          }
        }
      )
    }
  }

  private static func backup(_ records: [String: [StoreRecord]] = records) throws -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try BackupWriter(of: FixedRecords(records), batchSize: 1)
      .run(by: "1.2.3", at: Timestamp(milliseconds: 0)) { piece throws(BackupError) in bytes += piece }
    return bytes
  }

  /// Reads a backup from its first byte to its last.
  private static func read(
    _ bytes: [UInt8],
    longestRead: Int = .max
  ) throws(BackupError) -> [String: [StoreRecord]] {
    var rest = bytes[...]
    let reader = try BackupReader { limit throws(BackupError) in
      let piece = rest.prefix(min(limit, longestRead))
      rest = rest.dropFirst(piece.count)
      return Array(piece)
    }
    var found: [String: [StoreRecord]] = [:]
    try reader.check { kind, records throws(BackupError) in found[kind.name, default: []] += records }
    return found
  }

  private static func failure(_ bytes: [UInt8]) -> BackupError? {
    do throws(BackupError) {
      _ = try read(bytes)
      return nil
    } catch {
      return error
    }
  }

  /// A backup with another header, and a right digest at the end.
  private static func backup(_ header: [String: Any], of whole: [UInt8]) throws -> [UInt8] {
    let lines = whole.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
    let line = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
    let content = Array(lines[0]) + [10] + Array(line) + [10] + lines[2].dropLast(32)
    return content + SHA256.hash(data: content)
  }

  private static func header(of whole: [UInt8]) throws -> [String: Any] {
    let line = whole.split(separator: UInt8(ascii: "\n"), maxSplits: 2)[1]
    return try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
  }

  /// The same with the kinds of the header altered.
  private static func altering(_ alter: (inout [[String: Any]]) -> Void) throws -> [UInt8] {
    let whole = try backup()
    var header = try header(of: whole)
    var kinds = try #require(header["kinds"] as? [[String: Any]])
    alter(&kinds)
    header["kinds"] = kinds
    return try backup(header, of: whole)
  }

  @Test(arguments: [1, 7, .max])
  func whatIsWrittenIsReadInPiecesOfAnySize(size: Int) throws {
    #expect(try BackupTests.read(try BackupTests.backup(), longestRead: size) == BackupTests.records)
  }

  @Test func anEmptyStoreHasABackupToo() throws {
    #expect(try BackupTests.read(try BackupTests.backup([:])).allSatisfy(\.value.isEmpty))
  }

  @Test func theHeaderSaysWhatIsThere() throws {
    let header = try BackupTests.header(of: try BackupTests.backup())
    #expect(header["tessera"] as? String == "1.2.3")
    #expect(header["made_at"] as? String == "1970-01-01T00:00:00.000Z")
    let kinds = try #require(header["kinds"] as? [[String: Any]])
    #expect(kinds.map { $0["name"] as? String } == RecordKind.all.map(\.name))
    #expect(kinds.allSatisfy { $0["count"] as? Int == 2 })
    #expect((kinds[4]["fields"] as? [String])?.prefix(2) == ["number integer", "use text"])
  }

  @Test func aByteThatIsAnotherIsNoticedWhereverItIs() throws {
    let whole = try BackupTests.backup()
    for place in whole.indices {
      for change: UInt8 in [1, 0x80, 0xFF] {
        var altered = whole
        altered[place] ^= change
        let failure = BackupTests.failure(altered)
        #expect(failure != nil, "\(place) \(change)")
        // Only what tells of a format and of fields can look as if it were of another version.
        if place > 8192 { #expect(failure == .damaged, "\(place) \(change)") }
      }
    }
  }

  @Test func whatIsCutOffIsNoticedAtAnyLengthAndWhatIsTooLongToo() throws {
    let whole = try BackupTests.backup()
    for length in 0..<whole.count {
      let failure = BackupTests.failure(Array(whole.prefix(length)))
      #expect(failure == (length < 17 ? .foreign : .damaged), "\(length)")
    }
    #expect(BackupTests.failure(whole + [0]) == .damaged)
    #expect(BackupTests.failure(whole + whole) == .damaged)
  }

  @Test(arguments: ["", "\n", "SQLite format 3\u{0}", "tessera-backup", "tessera-backup x\n{}\n", "{}\n"])
  func whatIsSomethingElseIsToldApart(text: String) {
    #expect(BackupTests.failure(Array(text.utf8)) == .foreign)
    #expect(BackupTests.failure(Array(text.utf8) + [UInt8](repeating: 65, count: 99_999)) == .foreign)
  }

  @Test func aHeaderThatLiesIsNoticedAndTakesNoMemory() throws {
    for count in [3, 1, 0, Int.max, -1] {
      let lying = try BackupTests.altering { $0[0]["count"] = count }
      #expect(BackupTests.failure(lying) == .damaged, "\(count)")
    }
    for count in [1.5, 1e30] {
      let lying = try BackupTests.altering { $0[0]["count"] = count }
      #expect(BackupTests.failure(lying) == .damaged, "\(count)")
    }
    let endless = Array("tessera-backup 1\n".utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
    #expect(BackupTests.failure(endless) == .damaged)
  }

  @Test func aValueThatIsLongerThanAnyIsNotWaitedFor() throws {
    let whole = try BackupTests.backup()
    let start =
      whole.count - whole.split(separator: 10, maxSplits: 2, omittingEmptySubsequences: false)[2].count
    var lying = Array(whole[..<start]) + [2]
    withUnsafeBytes(of: UInt64(1 << 40).bigEndian) { lying += $0 }
    let read = Mutex(0)
    var isFirst = true
    #expect(throws: BackupError.damaged) {
      try BackupReader { limit throws(BackupError) in
        read.withLock { $0 += 1 }
        defer { isFirst = false }
        return isFirst ? lying : [UInt8](repeating: 65, count: limit)
      }.check { _, _ in }
    }
    #expect(read.withLock { $0 } == 1)
  }

  @Test func whatThisVersionDoesNotKnowIsOfAnother() throws {
    let kind = try BackupTests.altering { $0.append(["name": "wishes", "fields": ["id text"], "count": 0]) }
    let field = try BackupTests.altering {
      $0[0]["fields"] = ($0[0]["fields"] as? [String] ?? []) + ["x text"]
    }
    let type = try BackupTests.altering { $0[0]["fields"] = ["id bytes"] }
    let order = try BackupTests.altering { $0.swapAt(0, 1) }
    for backup in [kind, field, type, order] {
      #expect(BackupTests.failure(backup) == .otherVersion("1.2.3"))
    }
    let format = Array("tessera-backup 2\n".utf8) + (try BackupTests.backup()).dropFirst(17)
    #expect(BackupTests.failure(format) == .otherVersion(nil))
  }

  @Test func whatAnEarlierVersionDidNotKeepIsNotThereOrOfAnotherVersionWhereItHasToBe() throws {
    let state = [StoreRecord([.integer(1), .bytes([1]), .null, .integer(5), .null])]
    let whole = try BackupTests.backup(["server_state": state])
    var header = try BackupTests.header(of: whole)
    var kinds = try #require(header["kinds"] as? [[String: Any]])
    var fields = try #require(kinds.removeLast()["fields"] as? [String])
    #expect(fields.removeLast() == "secret_hash_key bytes")
    header["kinds"] = [["name": "server_state", "fields": fields, "count": 1]]
    // One null less before the digests of the kind and of the whole.
    let lines = whole.split(separator: 10, maxSplits: 2, omittingEmptySubsequences: false)
    let records = lines[2].dropLast(64).dropFirst(32 * (RecordKind.all.count - 1)).dropLast()
    var digest = RecordDigest()
    digest.add([StoreRecord(Array(state[0].values.dropLast()))])
    let line = try JSONSerialization.data(withJSONObject: header)
    let content = Array(lines[0]) + [10] + Array(line) + [10] + records + digest.bytes
    #expect(try BackupTests.read(content + SHA256.hash(data: content))["server_state"] == state)

    header["kinds"] = [["name": "server_state", "fields": Array(fields.dropLast()), "count": 1]]
    #expect(BackupTests.failure(try BackupTests.backup(header, of: whole)) == .otherVersion("1.2.3"))
  }

  @Test func aStoreThatFailsOrHasOtherThanItSaysGivesNone() throws {
    func failure(_ records: FixedRecords) -> BackupError? {
      do throws(BackupError) {
        _ = try BackupWriter(of: records).run(by: "1", at: Timestamp(milliseconds: 0)) { _ in }
        return nil
      } catch {
        return error
      }
    }
    let lying = FixedRecords(BackupTests.records)
    lying.countedToo = 1
    #expect(failure(lying) == .store(.unreadable("another number of clients than it says")))
    let failing = FixedRecords(BackupTests.records)
    failing.failure = .unavailable("gone")
    #expect(failure(failing) == .store(.unavailable("gone")))
  }
}

/// Records in memory, as a store of one moment.
private final class FixedRecords: StoreSnapshot {
  let identity = "fixed"
  let isInUse = false
  private let records: [String: [StoreRecord]]
  /// How many more it says it has.
  var countedToo = 0
  var failure: StoreError?

  init(_ records: [String: [StoreRecord]]) {
    self.records = records
  }

  func count(of kind: RecordKind) throws(StoreError) -> Int { (records[kind.name]?.count ?? 0) + countedToo }

  func records(of kind: RecordKind, after record: StoreRecord?, limit: Int) throws(StoreError)
    -> [StoreRecord]
  {
    if let failure { throw failure }
    let all = records[kind.name] ?? []
    let start = record.flatMap(all.firstIndex).map { $0 + 1 } ?? 0
    return Array(all[start...].prefix(limit))
  }

  func hasMovedOn() throws(StoreError) -> Bool { false }
}
