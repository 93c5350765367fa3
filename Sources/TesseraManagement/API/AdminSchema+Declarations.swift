import TesseraCore

/// The schemas of what is declared as a whole, and of what came of it.
extension AdminSchema {
  private static let planMembers = [
    ("changes", array(of: change)), ("unlisted", object(kinds(count))),
    ("unlisted_names", object(kinds(texts))),
  ]

  static let plan = AdminSchema("Plan", planMembers + [("digest", hexadecimal)])

  static let appliedDeclaration = AdminSchema(
    "AppliedDeclaration",
    planMembers + [
      (
        "secrets",
        array(of: object([("client_id", clientID), ("name", name), ("client_secret", clientSecret)]))
      )
    ]
  )

  private static let change = object(
    [
      ("action", choice(DeclarationPlan.Change.Action.allCases.map(\.rawValue))),
      ("kind", choice(DeclaredKind.allCases.map(\.noun))), ("name", text),
      ("differences", object(of: object([("before", value), ("after", value)]))),
    ],
    optional: [("client_id", nullable(clientID))]
  )

  /// A value that can be declared; null for none.
  private static let value = JSONValue.object([
    .init("anyOf", .array([text, texts, integer, boolean, map, .object([.init("type", .string("null"))])]))
  ])

  private static func kinds(_ schema: JSONValue) -> [(String, JSONValue)] {
    DeclaredKind.allCases.map { ($0.rawValue, schema) }
  }

  static let exportedEntry = AdminSchema(
    "ExportedEntry",
    [("kind", choice(DeclaredKind.allCases.map(\.rawValue))), ("declared", object(of: value))]
  )

  static let exportEnd = AdminSchema("ExportEnd", [("operators_left_out", count)])

  static let importReport = AdminSchema(
    "ImportReport",
    [
      ("dry_run", boolean), ("found", count), ("taken_over", count), ("already_here", count),
      ("not_taken_over", array(of: remark)), ("remarks", array(of: remark)), ("new_scopes", scopeNames),
    ]
  )

  private static let remark = object([
    ("place", text), ("client_id", text), ("name", nullableText), ("text", text),
  ])
}
