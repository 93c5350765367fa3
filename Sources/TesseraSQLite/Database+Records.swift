import Foundation
import GRDB
import TesseraCore

/// The records of a store as rows: a table or view for each kind, by its name.
extension Database {
  /// What our tables have beside the fields of records.
  static let derivedFields: [DerivedField] = [.nameKey]

  /// How many there are of a kind.
  func count(of kind: RecordKind) throws -> Int {
    try Int.fetchOne(self, sql: "SELECT count(*) FROM \(kind.name)") ?? 0
  }

  /// At most `limit` of a kind, those after `record` when it is given.
  func records(of kind: RecordKind, after record: StoreRecord?, limit: Int) throws -> [StoreRecord] {
    let key = kind.key.map(\.name).quoted
    let places = Array(repeating: "?", count: kind.keyLength).joined(separator: ", ")
    let page = record == nil ? "" : "WHERE (\(key)) > (\(places))"
    let statement = try cachedStatement(
      sql: "SELECT \(kind.fields.map(\.name).quoted) FROM \(kind.name) \(page) ORDER BY \(key) LIMIT \(limit)"
    )
    let last = record.map { $0.values[..<kind.keyLength].map(\.databaseValue) } ?? []
    let rows = try Row.fetchCursor(statement, arguments: StatementArguments(last))
    var records: [StoreRecord] = []
    while let row = try rows.next() {
      var values: [FieldValue] = []
      values.reserveCapacity(kind.fields.count)
      for (index, field) in kind.fields.enumerated() {
        guard let value = FieldValue(row[index] as DatabaseValue, of: field) else {
          throw StoreError.unreadable("a value of \(kind.name).\(field.name)")
        }
        values.append(value)
      }
      records.append(StoreRecord(values))
    }
    return records
  }

  /// Removes all records, of each kind before those that it refers to.
  func removeAllRecords() throws {
    for kind in RecordKind.all.reversed() where kind != .claims {
      try execute(sql: "DELETE FROM \(kind.name)")
    }
    // `claims` is a view.
    for table in try ClaimTables(of: self).names { try execute(sql: "DELETE FROM '\(table)'") }
  }

  /// Adds records of a kind.
  func insert(_ records: [StoreRecord], of kind: RecordKind) throws {
    let derived = Database.derivedFields.filter { $0.kind == kind }
    let names = kind.fields.map(\.name) + derived.map(\.name)
    let places = Array(repeating: "?", count: names.count).joined(separator: ", ")
    // `claims` is a view. What is in the rest is moved when room is made for its period.
    let table = kind == .claims ? ClaimTables.rest : kind.name
    let statement = try cachedStatement(sql: "INSERT INTO \(table) (\(names.quoted)) VALUES (\(places))")
    for record in records {
      let values = record.values + derived.map { $0.value(record) }
      try statement.execute(arguments: StatementArguments(values.map(\.databaseValue)))
    }
  }
}

extension [String] {
  /// As names of columns.
  fileprivate var quoted: String { map { "\"\($0)\"" }.joined(separator: ", ") }
}

extension FieldValue {
  /// Nil for what cannot be in this field.
  fileprivate init?(_ stored: DatabaseValue, of field: RecordKind.Field) {
    switch (stored.storage, field.type) {
    case (.null, _) where field.isOptional: self = .null
    case (.int64(let number), .integer): self = .integer(number)
    case (.int64(let number), .boolean) where number == 0 || number == 1: self = .integer(number)
    case (.string(let text), .text): self = .text(text)
    case (.blob(let data), .bytes): self = .bytes(Array(data))
    default: return nil
    }
  }

  fileprivate var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let number): number.databaseValue
    case .text(let text): text.databaseValue
    case .bytes(let bytes): Data(bytes).databaseValue
    }
  }
}
