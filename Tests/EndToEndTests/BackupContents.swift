import Foundation
import TesseraCore

/// What is in the file of a backup, which is read whole and checked.
struct BackupContents {
  let records: [String: [StoreRecord]]

  /// Throws for what is no whole backup.
  init(_ file: URL) throws {
    var rest = try Data(contentsOf: file)
    let reader = try BackupReader { limit throws(BackupError) in
      let piece = rest.prefix(limit)
      rest = rest.dropFirst(piece.count)
      return Array(piece)
    }
    var found: [String: [StoreRecord]] = [:]
    try reader.check { kind, records throws(BackupError) in found[kind.name, default: []] += records }
    records = found
  }

  /// All that is not a record of what was done.
  var data: [String: [StoreRecord]] { records.filter { $0.key != "audit" && $0.key != "changes" } }

  /// The values of the field of this name.
  func texts(_ field: String, of kind: RecordKind) -> [String] {
    (records[kind.name] ?? []).compactMap { record in
      guard case .text(let text) = kind.value(field, of: record) else { return nil }
      return text
    }
  }
}
