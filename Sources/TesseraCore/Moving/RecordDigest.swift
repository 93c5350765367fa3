import Crypto

/// How many records there are of a kind, and what they come to.
package struct RecordTally: Sendable, Equatable {
  package let kind: RecordKind
  package let count: Int
  /// SHA-256, in hexadecimal, of all of them in the order of their keys.
  package let digest: String
}

/// Counts records and digests them, each in the one form that does not depend on a store.
struct RecordDigest {
  private var hash = SHA256()
  private(set) var count = 0

  mutating func add(_ records: [StoreRecord]) {
    var bytes: [UInt8] = []
    for record in records { RecordEncoding.append(record, to: &bytes) }
    add(bytes, holding: records.count)
  }

  /// Adds records that are encoded already.
  mutating func add(_ encoded: [UInt8], holding count: Int) {
    hash.update(data: encoded)
    self.count += count
  }

  /// The digest so far, in its 32 bytes.
  var bytes: [UInt8] { Array(hash.finalize()) }

  func tally(of kind: RecordKind) -> RecordTally {
    RecordTally(kind: kind, count: count, digest: bytes.hexadecimal)
  }
}
