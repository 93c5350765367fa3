import Crypto

/// How many records there are of a kind, and what they come to.
package struct RecordTally: Sendable, Equatable {
  package let kind: RecordKind
  package let count: Int
  /// SHA-256, in hexadecimal, of all of them in the order of their keys.
  package let digest: String
}

/// Counts records and digests them, each in one form that does not depend on a store.
///
/// That form has for each value its type in one byte, its length in eight, and its bytes; of an integer the length only.
struct RecordDigest {
  private var hash = SHA256()
  private(set) var count = 0

  mutating func add(_ records: [StoreRecord]) {
    var bytes: [UInt8] = []
    for record in records {
      for value in record.values { RecordDigest.append(value, to: &bytes) }
    }
    hash.update(data: bytes)
    count += records.count
  }

  private static func append(_ value: FieldValue, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes.append(0)
    case .integer(let number): append(1, UInt64(bitPattern: number), to: &bytes)
    case .text(var text):
      text.withUTF8 { utf8 in
        append(2, UInt64(utf8.count), to: &bytes)
        bytes += utf8
      }
    case .bytes(let value):
      append(3, UInt64(value.count), to: &bytes)
      bytes += value
    }
  }

  private static func append(_ type: UInt8, _ number: UInt64, to bytes: inout [UInt8]) {
    bytes.append(type)
    withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
  }

  func tally(of kind: RecordKind) -> RecordTally {
    let digits = Array("0123456789abcdef".utf8)
    let digest = hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return RecordTally(kind: kind, count: count, digest: String(decoding: digest, as: UTF8.self))
  }
}
