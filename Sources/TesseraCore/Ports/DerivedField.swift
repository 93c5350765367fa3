/// A value that a store keeps beside those of a record and makes of them.
///
/// It is not moved: where the record goes, it is made anew.
package struct DerivedField: Sendable {
  package let kind: RecordKind
  package let name: String
  package let value: @Sendable (StoreRecord) -> FieldValue

  private init(
    _ name: String,
    of kind: RecordKind,
    _ value: @escaping @Sendable (StoreRecord) -> FieldValue
  ) {
    self.kind = kind
    self.name = name
    self.value = value
  }

  /// What names of clients are compared by.
  package static let nameKey = DerivedField("name_key", of: .clients) { client in
    guard case .text(let name) = RecordKind.clients.value("name", of: client) else { return .null }
    return .text(Name.key(of: name))
  }

  /// The same of the name that an audit record says, see `AuditEvent.clientName`.
  package static let clientNameKey = DerivedField("client_name_key", of: .audit) { record in
    guard case .text(let action) = RecordKind.audit.value("action", of: record),
      AuditEvent.Action(rawValue: action).map(AuditEvent.actionsWithClientName.contains) ?? false,
      case .text(let details) = RecordKind.audit.value("details", of: record),
      let name = [String: String](jsonText: details)?["name"]
    else { return .null }
    return .text(Name.key(of: name))
  }
}
