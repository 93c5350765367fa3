import TesseraJOSE

/// A resource, scope or client as it would be declared.
package struct ExportedEntry: Representation {
  package let kind: DeclaredKind
  /// In the order in which they are written.
  package let members: Administration.DeclaredMembers

  package init(_ kind: DeclaredKind, _ members: Administration.DeclaredMembers) {
    self.kind = kind
    self.members = members
  }

  /// One that a server has shown.
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    kind = try shown.value("kind") { DeclaredKind(rawValue: $0) }
    guard let declared = try shown.json("declared")?.members else {
      throw UnreadableJSON(member: "declared")
    }
    members = kind.members.compactMap { member in
      declared[member.name].flatMap(DeclaredValue.init).map { (member.name, $0) }
    }
    guard members.count == declared.count else { throw UnreadableJSON(member: "declared") }
  }

  package var json: JSONValue {
    .object([
      .init("kind", .string(kind.rawValue)), .init("declared", .object(members.map { .init($0, $1.json) })),
    ])
  }
}

/// What ends an export, so that one that broke off is not taken for a whole one.
package struct ExportEnd: Representation {
  /// How many clients of operators were left out.
  package let operators: Int

  package init(operators: Int) {
    self.operators = operators
  }

  /// One that a server has shown.
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    operators = try shown.integer("operators_left_out")
  }

  package var json: JSONValue { .object([.init("operators_left_out", .integer(operators))]) }
}
