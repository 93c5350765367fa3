import TesseraCore

/// The schema of something that is shown (JSON Schema 2020-12, as OpenAPI 3.1 has it), and what it is called there.
struct AdminSchema: Sendable {
  let name: String
  let json: JSONValue

  /// Every schema that an answer can have.
  static let all = [
    client, newClient, secret, newSecret, scope, resource, key, newKey, revocation, audit, usage, usageTotal,
    unused, decision, explainedDecision, problem,
  ]

  static let client = AdminSchema(
    "Client",
    [
      ("client_id", text), ("name", text), ("scopes", texts), ("default_scopes", texts),
      ("token_format", text), ("claims", map), ("token_lifetime", integer), ("enabled", boolean),
      ("authentication_method", nullableText), ("introspects", texts),
      ("allowed_addresses", texts), ("owner", nullableText), ("contact", nullableText), ("labels", map),
      ("quota", nullableInteger), ("quota_burst", nullableInteger), ("quota_log_only", boolean),
      ("grant_types", texts),
      ("secrets", array(of: secret.reference)), ("tokens_not_before", nullableTime), ("created_at", time),
      ("updated_at", time), ("version", integer),
    ],
    optional: [("last_day", lastDay)]
  )

  /// What its requests came to, where a single client is shown.
  private static let lastDay = object([
    ("issued", integer), ("denied", integer), ("needless", integer), ("advice", nullableText),
  ])

  private static let usageCounts = [("issued", integer), ("denied", counts), ("scopes", counts)]

  static let usage = AdminSchema(
    "Usage",
    [("client_id", nullableText), ("from", time), ("to", time)] + usageCounts + [
      ("hours", array(of: object([("hour", time)] + usageCounts)))
    ]
  )

  static let usageTotal = AdminSchema(
    "UsageTotal",
    [("client_id", text), ("name", text)] + usageCounts + [("needless", integer), ("advice", nullableText)]
  )

  static let unused = AdminSchema(
    "Unused",
    [
      ("kind", text), ("client_id", nullableText), ("client_name", nullableText), ("name", nullableText),
      ("created_at", time), ("last_used_at", nullableTime), ("counted_since", nullableTime),
      ("certain", boolean),
    ]
  )

  static let newClient = AdminSchema(
    "NewClient",
    [("client_id", text), ("name", text), ("scopes", texts), ("token_lifetime", integer)],
    optional: [
      ("client_secret", text), ("token_format", text), ("introspects", texts),
      ("client_secret_expires_at", time),
    ]
  )

  static let secret = AdminSchema(
    "Secret",
    [("name", text), ("created_at", time), ("expires_at", nullableTime)]
  )

  static let newSecret = AdminSchema(
    "NewSecret",
    [("client_id", text), ("client_secret", text), ("secret", text)],
    optional: [("client_secret_expires_at", time)]
  )

  static let scope = AdminSchema(
    "Scope",
    [
      ("name", text), ("description", text), ("resource", text), ("created_at", time),
      ("retired_at", nullableTime),
    ]
  )

  static let resource = AdminSchema(
    "Resource",
    [
      ("resource", text), ("description", text), ("token_format", nullableText),
      ("signing_algorithm", nullableText), ("jwt_type", text), ("key_set", text), ("created_at", time),
      ("retired_at", nullableTime), ("version", integer),
    ]
  )

  private static let keyMembers = [
    ("number", integer), ("use", text), ("created_at", time), ("activates_at", time),
  ]

  static let key = AdminSchema(
    "Key",
    keyMembers + [("state", text), ("kid", nullableText), ("retires_at", nullableTime)]
  )

  static let newKey = AdminSchema("NewKey", keyMembers)

  static let revocation = AdminSchema(
    "Revocation",
    [("token_id", text), ("client_id", nullableText), ("expires_at", time)]
  )

  static let audit = AdminSchema(
    "AuditRecord",
    [
      ("number", integer), ("time", time), ("actor", text), ("action", text), ("subject", text),
      ("details", map),
    ]
  )

  static let problem = AdminSchema(
    "Problem",
    [("type", text), ("title", text), ("status", integer)],
    optional: [("detail", text), ("field", text)]
  )

  /// Where it is in the document.
  var reference: JSONValue {
    .object([.init("$ref", .string("#/components/schemas/\(name)"))])
  }

  init(
    _ name: String,
    _ members: [(String, JSONValue)],
    optional: [(String, JSONValue)] = []
  ) {
    self.name = name
    json = AdminSchema.object(members, optional: optional)
  }

  private static func object(
    _ members: [(String, JSONValue)],
    optional: [(String, JSONValue)] = []
  ) -> JSONValue {
    .object([
      .init("type", .string("object")),
      .init("properties", .object((members + optional).map { .init($0.0, $0.1) })),
      .init("required", JSONValue(members.map(\.0))),
    ])
  }

  static let text = type("string")
  static let integer = type("integer")
  static let boolean = type("boolean")
  static let texts = array(of: text)
  static let map = JSONValue.object([.init("type", .string("object")), .init("additionalProperties", text)])
  private static let counts = JSONValue.object([
    .init("type", .string("object")), .init("additionalProperties", integer),
  ])
  static let time = JSONValue.object([
    .init("type", .string("string")), .init("format", .string("date-time")),
  ])
  static let nullableText = JSONValue.object([.init("type", JSONValue(["string", "null"]))])
  private static let nullableInteger = JSONValue.object([
    .init("type", JSONValue(["integer", "null"]))
  ])
  private static let nullableTime = JSONValue.object([
    .init("type", JSONValue(["string", "null"])), .init("format", .string("date-time")),
  ])

  static func array(of element: JSONValue) -> JSONValue {
    .object([.init("type", .string("array")), .init("items", element)])
  }

  private static func type(_ name: String) -> JSONValue { .object([.init("type", .string(name))]) }
}
