extension RecordKind {
  /// Every kind of record that a store keeps, each after those that it refers to.
  ///
  /// A test of each store compares this with its tables.
  package static let all: [RecordKind] = [
    clients, clientSecrets, resources, scopes, keys, clientNotBefores, revocations, claims, audit,
    auditMarks, changes, clientUses, secretUses, taskRecords, clientUsage, serverState,
  ]

  /// Without what a store derives, such as the key that names are compared by.
  package static let clients = RecordKind(
    "clients",
    key: [.text("id")],
    [
      .text("name"), .text("grant_types"), .text("scopes"), .text("default_scopes"), .text("token_format"),
      .text("claims"), .text("authentication_method").optional, .text("introspected_resources"),
      .text("allowed_addresses").added(earlier: .text("")), .integer("token_lifetime").optional,
      .boolean("enabled"),
      .integer("tokens_not_before").optional,
      .integer("version"), .integer("created_at"), .integer("updated_at"),
      .text("owner").optional, .text("contact").optional, .text("labels").added(earlier: .text("{}")),
      .integer("quota").optional, .integer("quota_burst").optional,
      .boolean("quota_log_only").added(earlier: .integer(0)),
      .text("key_metadata").added(earlier: .text("{}")),
    ]
  )

  static let clientSecrets = RecordKind(
    "client_secrets",
    key: [.text("client_id"), .integer("position")],
    [
      .text("name"), .text("hash_kind"), .bytes("salt").optional, .bytes("digest"), .integer("created_at"),
      .integer("expires_at").optional, .text("prefix").optional,
    ]
  )

  static let resources = RecordKind(
    "resources",
    key: [.text("uri")],
    [
      .text("description"), .text("token_format").optional, .text("signing_algorithm").optional,
      .text("jwt_type"), .integer("version"), .integer("created_at"), .integer("retired_at").optional,
    ]
  )

  static let scopes = RecordKind(
    "scopes",
    key: [.text("name")],
    [
      .text("description"), .text("resource"), .integer("created_at"), .integer("retired_at").optional,
    ]
  )

  /// Wrapped by the master key, which is in no store.
  package static let keys = RecordKind(
    "keys",
    key: [.integer("number")],
    [.text("use"), .bytes("wrapped"), .integer("created_at"), .integer("activates_at")]
  )

  static let clientNotBefores = RecordKind(
    "client_not_befores",
    key: [.text("client_id")],
    [.integer("not_before"), .integer("made_at"), .integer("sequence")]
  )

  static let revocations = RecordKind(
    "revocations",
    key: [.integer("sequence")],
    [.bytes("token"), .text("client_id").optional, .integer("issued_at"), .integer("expires_at")]
  )

  /// What can be used once, and was.
  package static let claims = RecordKind("claims", key: [.bytes("digest"), .integer("expires_at")], [])

  package static let audit = RecordKind(
    "audit",
    key: [.integer("number")],
    [
      .integer("time"), .text("actor"), .text("address").optional, .text("action"), .text("subject"),
      .text("details"), .text("differences").added(earlier: .text("{}")),
      .text("chain").added(earlier: .text("")),
      .bytes("hash").added(earlier: .bytes([])),
    ]
  )

  /// What is signed about the audit log.
  static let auditMarks = RecordKind(
    "audit_marks",
    key: [.text("name")],
    [.text("statement"), .bytes("signature")]
  )

  package static let changes = RecordKind(
    "changes",
    key: [.integer("sequence")],
    [.integer("made_at"), .text("kind"), .text("subject").optional]
  )

  /// When clients were used last, as far as that was noted.
  static let clientUses = RecordKind(
    "client_uses",
    key: [.text("client_id")],
    [.integer("last_used_at")]
  )

  /// How often and when secrets were used, as far as that was noted.
  static let secretUses = RecordKind(
    "secret_uses",
    key: [.text("client_id"), .text("secret")],
    [
      .integer("made_at"), .integer("last_used_at"), .text("address").optional, .integer("count"),
    ]
  )

  /// What is kept of what one node does for all.
  static let taskRecords = RecordKind(
    "task_records",
    key: [.text("task")],
    [.integer("version"), .text("state")]
  )

  /// What token requests came to, by hour; without a client what they came to of all together.
  static let clientUsage = RecordKind(
    "client_usage",
    key: [.integer("hour"), .text("client_id"), .text("kind"), .text("name")],
    [.integer("count")]
  )

  /// One record, without which a store is no store yet.
  package static let serverState = RecordKind(
    "server_state",
    key: [.integer("only_row")],
    [
      .bytes("master_key_check"), .integer("tokens_not_before").optional, .integer("initialised_at"),
      .bytes("secret_hash_key").optional,
    ]
  )
}
