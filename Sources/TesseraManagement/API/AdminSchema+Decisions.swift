import TesseraCore

/// The schemas of refused requests.
extension AdminSchema {
  private static let decisionMembers = [
    ("request_id", text), ("time", time), ("node", text), ("endpoint", text), ("client_id", nullableText),
    ("source", text), ("status", integer), ("error", text), ("error_description", text),
    ("detail", nullableText), ("grant_type", nullableText), ("authentication_method", nullableText),
    ("requested_scopes", texts), ("requested_resources", texts), ("names_left_out", integer),
    ("trace_id", nullableText),
  ]

  static let decision = AdminSchema("Decision", decisionMembers)

  static let explainedDecision = AdminSchema(
    "ExplainedDecision",
    decisionMembers + [
      ("name", nullableText), ("granted", boolean), ("steps", array(of: decisionStep)),
      ("now", .object([.init("type", JSONValue(["object", "null"]))])), ("changed_since", boolean),
    ]
  )

  private static let decisionStep = JSONValue.object([
    .init("type", .string("object")),
    .init(
      "properties",
      .object([
        .init("step", text), .init("outcome", text), .init("finding", text), .init("remedy", nullableText),
      ])
    ),
    .init("required", JSONValue(["step", "outcome", "finding", "remedy"])),
  ])
}
