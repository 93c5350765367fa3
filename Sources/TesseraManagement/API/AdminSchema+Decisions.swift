import TesseraCore

/// The schemas of refused requests.
extension AdminSchema {
  private static let decisionMembers = [
    ("request_id", text), ("time", time), ("node", text), ("endpoint", text), ("client_id", nullableText),
    ("source", text), ("status", httpStatus), ("error", text), ("error_description", text),
    ("detail", nullableText), ("grant_type", nullableText), ("authentication_method", nullableText),
    ("requested_scopes", texts), ("requested_resources", texts), ("names_left_out", count),
    ("trace_id", nullableText),
  ]

  static let decision = AdminSchema("Decision", decisionMembers)

  static let explainedDecision = AdminSchema(
    "ExplainedDecision",
    decisionMembers + [
      ("name", nullableText), ("granted", boolean), ("steps", array(of: step)),
      ("now", nullable(presentAnswer)), ("changed_since", boolean),
    ]
  )

  /// What the same request gets now.
  private static let presentAnswer = object(
    [("granted", boolean)],
    optional: [("status", httpStatus), ("error", text), ("error_description", text)]
  )
}
