import TesseraCore

/// The records of a store as rows: a table for each kind, by its name.
extension Connection {
  /// What our tables have beside the fields of records.
  static let derivedFields: [DerivedField] = [.nameKey, .clientNameKey]

  /// How many there are of a kind.
  func count(of kind: RecordKind) throws(StoreError) -> Int {
    try row(Statement(stringLiteral: "SELECT count(*) AS count FROM \(kind.name)"))?.value("count") ?? 0
  }

  /// At most `limit` of a kind, those after `record` when it is given.
  func records(
    of kind: RecordKind,
    after record: StoreRecord?,
    limit: Int
  ) throws(StoreError) -> [StoreRecord] {
    let key = kind.key.map(\.name).quoted
    var query = Statement(stringLiteral: "SELECT \(kind.fields.map(\.name).quoted) FROM \(kind.name)")
    if let record {
      query = query + Statement(stringLiteral: "WHERE (\(key)) > (")
      for (index, value) in record.values[..<kind.keyLength].enumerated() {
        query = index == 0 ? query + "\(value)" : query + ", \(value)"
      }
      query = query + ")"
    }
    return try run(query + Statement(stringLiteral: "ORDER BY \(key) LIMIT \(limit)"))
      .map { row throws(StoreError) in
        var values: [FieldValue] = []
        values.reserveCapacity(kind.fields.count)
        for (index, field) in kind.fields.enumerated() {
          guard let value = FieldValue(row.bytes(at: Int32(index)), of: field) else {
            throw .unreadable("a value of \(kind.name).\(field.name)")
          }
          values.append(value)
        }
        return StoreRecord(values)
      }
  }

  /// Adds records of a kind.
  func insert(_ records: [StoreRecord], of kind: RecordKind) throws(StoreError) {
    let derived = Connection.derivedFields.filter { $0.kind == kind }
    let names = kind.fields.map(\.name) + derived.map(\.name)
    var rows = CopyRows()
    for record in records { try rows.append(record.values + derived.map { $0.value(record) }) }
    try copy("COPY \(kind.name) (\(names.quoted)) FROM STDIN", rows)
  }
}

extension [String] {
  /// As names of columns.
  fileprivate var quoted: String { map { "\"\($0)\"" }.joined(separator: ", ") }
}

extension Statement.StringInterpolation {
  fileprivate mutating func appendInterpolation(_ value: FieldValue) {
    switch value {
    case .null: appendInterpolation(nil as String?)
    case .integer(let number): appendInterpolation(number)
    case .text(let text): appendInterpolation(text)
    case .bytes(let bytes): appendInterpolation(bytes)
    }
  }
}

extension FieldValue {
  /// Nil for what cannot be in this field.
  fileprivate init?(_ stored: UnsafeRawBufferPointer?, of field: RecordKind.Field) {
    guard let stored else {
      guard field.isOptional else { return nil }
      self = .null
      return
    }
    let value: FieldValue? =
      switch field.type {
      case .integer: Int64(column: stored).map(FieldValue.integer)
      case .boolean: Bool(column: stored).map { .integer($0 ? 1 : 0) }
      case .text: String(column: stored).map(FieldValue.text)
      case .bytes: .bytes(Array(stored))
      }
    guard let value else { return nil }
    self = value
  }
}
