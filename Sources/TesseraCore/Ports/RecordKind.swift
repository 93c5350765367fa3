/// A kind of record that stores keep, in the words of no database.
///
/// Every store reads and writes records of each kind, so that all it has can be moved to a store of another kind.
package struct RecordKind: Sendable, Equatable {
  /// One value of a record.
  package struct Field: Sendable, Equatable {
    /// What a value is.
    package enum ValueType: Sendable, Equatable {
      case integer
      /// 0 or 1.
      case boolean
      case text
      case bytes
    }

    package let name: String
    package let type: ValueType
    /// Whether there may be none.
    package let isOptional: Bool
    /// The value of records that were written before there was such a field; nil for one that there always was.
    let earlierValue: FieldValue?

    fileprivate init(
      _ name: String,
      _ type: ValueType,
      isOptional: Bool = false,
      earlierValue: FieldValue? = nil
    ) {
      self.name = name
      self.type = type
      self.isOptional = isOptional
      self.earlierValue = earlierValue
    }
  }

  /// What it is called in every store.
  package let name: String
  /// The values in their order, those of the key first.
  package let fields: [Field]
  /// How many fields tell one record from another.
  ///
  /// Records are read in the order of these: numbers by their size and texts by their bytes.
  package let keyLength: Int

  init(_ name: String, key: [Field], _ others: [Field]) {
    self.name = name
    fields = key + others
    keyLength = key.count
  }

  /// The fields that tell one record from another.
  package var key: ArraySlice<Field> { fields[..<keyLength] }

  /// The value of a record in the field of this name.
  package func value(_ name: String, of record: StoreRecord) -> FieldValue {
    zip(fields, record.values).first { $0.0.name == name }?.1 ?? .null
  }
}

extension RecordKind.Field {
  static func integer(_ name: String) -> Self { Self(name, .integer) }
  static func boolean(_ name: String) -> Self { Self(name, .boolean) }
  static func text(_ name: String) -> Self { Self(name, .text) }
  static func bytes(_ name: String) -> Self { Self(name, .bytes) }

  /// The same field, of which there may be no value.
  var optional: Self { Self(name, type, isOptional: true, earlierValue: .null) }

  /// The same field, which earlier records have with this value.
  func added(earlier value: FieldValue) -> Self { Self(name, type, earlierValue: value) }
}

/// The values of one record, in the order of the fields of its kind.
package struct StoreRecord: Sendable, Equatable {
  package var values: [FieldValue]

  package init(_ values: [FieldValue]) {
    self.values = values
  }
}

/// A value of a record.
package enum FieldValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case text(String)
  case bytes([UInt8])
}
