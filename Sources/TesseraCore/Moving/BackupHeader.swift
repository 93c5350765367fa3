import Foundation
import TesseraJOSE

/// How a backup begins: a line with the version of the format, and one of JSON.
///
/// After it come the records of each kind in turn, as `RecordEncoding` has them, with a SHA-256 of them after each kind,
/// and at the end a SHA-256 of all before.
package struct BackupHeader: Sendable, Equatable, Codable {
  /// The records of one kind.
  package struct Kind: Sendable, Equatable, Codable {
    package let name: String
    /// The names of the values in their order, with their types.
    package let fields: [String]
    package let count: Int
  }

  /// The version of Tessera that made it.
  package let tessera: String
  /// When it was made, by the clock of that machine (RFC 3339).
  package let madeAt: String
  package let kinds: [Kind]

  package enum CodingKeys: String, CodingKey {
    case tessera, kinds
    case madeAt = "made_at"
  }

  /// Of a store that has so many records of each kind, in the order of `RecordKind.all`.
  init(tessera: String, madeAt time: Timestamp, counts: [Int]) {
    self.tessera = tessera
    madeAt = time.iso8601
    kinds = zip(RecordKind.all, counts).map { kind, count in
      Kind(name: kind.name, fields: kind.fields.map(\.signature), count: count)
    }
  }

  /// What every backup begins with.
  static let mark = "tessera-backup "
  /// The version of the format.
  static let format = 1
  /// The most bytes of each of the two lines.
  static let maximumLength = 65_536

  /// Both lines.
  func encoded() throws(BackupError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let line = try? encoder.encode(self) else { throw .unusable("a header cannot be written") }
    return Array("\(BackupHeader.mark)\(BackupHeader.format)\n".utf8) + line + [UInt8(ascii: "\n")]
  }
}

extension RecordKind.Field {
  /// Its name and its type, in the words of a header.
  var signature: String { "\(name) \(type)" }
}
