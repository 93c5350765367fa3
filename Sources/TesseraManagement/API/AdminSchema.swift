import TesseraCore

/// The schema of something that is shown (JSON Schema 2020-12, as OpenAPI 3.1 has it), and what it is called there.
struct AdminSchema: Sendable {
  let name: String
  let json: JSONValue
  /// Whether it has a version, which answers give as `ETag` too.
  let isVersioned: Bool

  /// Every schema that an answer can have.
  static let all = [
    server, client, newClient, secret, usedSecret, newSecret, clientKey, usedClientKey, clientTrust,
    usedClientTrust, scope, resource, key,
    newKey, destroyedKey,
    token, revocation, recordedClient, explanation, usage, usageTotal, unused, decision, explainedDecision,
    audit, auditMark, auditVerification, plan, appliedDeclaration, exportedEntry, exportEnd, importReport,
    deliveryStatus, testedDelivery, problem,
  ]

  static let server = AdminSchema(
    "Server",
    [
      ("issuer", text), ("version", text), ("token_endpoint", text), ("scope_separator", choice([",", " "])),
      ("token_lifetime", positive), ("longest_token_lifetime", positive), ("key_rotation_interval", positive),
      ("key_set_lifetime", count),
    ]
  )

  static let client = AdminSchema(
    "Client",
    [
      ("client_id", clientID), ("name", name), ("scopes", scopeNames), ("default_scopes", scopeNames),
      ("token_format", tokenFormat), ("claims", map), ("token_lifetime", positive), ("enabled", boolean),
      ("authentication_method", nullable(authenticationMethod)), ("introspects", array(of: resourceID)),
      ("allowed_addresses", texts), ("owner", nullable(name)), ("contact", nullable(name)), ("labels", map),
      ("quota", nullable(quota)), ("quota_burst", nullable(quota)), ("quota_log_only", boolean),
      ("grant_types", array(of: grantType)),
      ("secrets", array(of: secret.reference)), ("keys", array(of: clientKey.reference)),
      ("jwks_uri", nullable(keySetURL)), ("trusts", array(of: clientTrust.reference)),
      ("certificate_subject", map), ("dpop_bound_access_tokens", boolean),
      ("tls_client_certificate_bound_access_tokens", boolean), ("strict_assertions", boolean),
      ("profile", nullable(profile)), ("tokens_not_before", nullableTime),
      ("created_at", time),
      ("updated_at", time), ("version", positive),
    ],
    optional: [("last_day", lastDay)],
    isVersioned: true
  )

  /// What its requests came to, where a single client is shown.
  private static let lastDay = object([
    ("issued", count), ("denied", count), ("needless", count), ("advice", nullableText),
  ])

  static let newClient = AdminSchema(
    "NewClient",
    [("client_id", clientID), ("name", name), ("scopes", scopeNames), ("token_lifetime", positive)],
    optional: [
      ("client_secret", clientSecret), ("token_format", tokenFormat), ("introspects", array(of: resourceID)),
      ("client_secret_expires_at", time),
    ],
    isVersioned: true
  )

  private static let secretMembers = [
    ("name", name), ("created_at", time), ("expires_at", nullableTime), ("prefix", nullable(secretPrefix)),
  ]

  static let secret = AdminSchema("Secret", secretMembers)

  /// How a secret or a key was used.
  private static let useMembers = [
    ("last_used_at", nullableTime), ("last_used_from", nullableText), ("uses", count), ("in_use", boolean),
  ]

  static let usedSecret = AdminSchema("UsedSecret", secretMembers + useMembers)

  private static let clientKeyMembers = [
    ("name", name), ("kind", choice(["key", "certificate"])), ("jwk", nullable(jwk)),
    ("certificate", nullable(pem)), ("subject", nullableText), ("thumbprint", thumbprint),
    ("created_at", time), ("expires_at", nullableTime),
  ]

  static let clientKey = AdminSchema("ClientKey", clientKeyMembers)

  static let usedClientKey = AdminSchema("UsedClientKey", clientKeyMembers + useMembers)

  private static let clientTrustMembers = [
    ("name", name), ("preset", choice(TrustPreset.allCases.map(\.rawValue))), ("issuer", trustedIssuer),
    ("audiences", array(of: trustText)), ("claims", object(of: trustText)), ("jwks", nullable(anyObject)),
    ("jwks_uri", nullable(keySetURL)), ("max_lifetime", trustedLifetime), ("reusable", boolean),
    ("created_at", time),
  ]

  static let clientTrust = AdminSchema("ClientTrust", clientTrustMembers)

  static let usedClientTrust = AdminSchema("UsedClientTrust", clientTrustMembers + useMembers)

  static let newSecret = AdminSchema(
    "NewSecret",
    [("client_id", clientID), ("client_secret", clientSecret), ("secret", name)],
    optional: [("client_secret_expires_at", time)]
  )

  static let scope = AdminSchema(
    "Scope",
    [
      ("name", scopeName), ("description", name), ("resource", resourceID), ("created_at", time),
      ("retired_at", nullableTime),
    ]
  )

  static let resource = AdminSchema(
    "Resource",
    [
      ("resource", resourceID), ("description", name), ("token_format", nullable(tokenFormat)),
      ("signing_algorithm", nullable(algorithm)), ("jwt_type", jwtType), ("key_set", text),
      ("created_at", time), ("retired_at", nullableTime), ("version", positive),
    ],
    isVersioned: true
  )

  private static let keyMembers = [
    ("number", keyNumber), ("use", keyUse), ("created_at", time), ("activates_at", time),
  ]

  static let key = AdminSchema(
    "Key",
    keyMembers + [("state", keyState), ("kid", nullableText), ("retires_at", nullableTime)]
  )

  static let newKey = AdminSchema("NewKey", keyMembers)

  static let destroyedKey = AdminSchema(
    "DestroyedKey",
    [("destroyed", key.reference), ("successor", nullable(key.reference))]
  )

  static let token = AdminSchema(
    "Token",
    [
      ("client_id", clientID), ("token_id", text), ("active", boolean), ("reason", nullableText),
      ("grant_type", text), ("scopes", scopeNames), ("audiences", array(of: resourceID)), ("issued_at", time),
      ("expires_at", time), ("key_number", keyNumber),
    ]
  )

  static let revocation = AdminSchema(
    "Revocation",
    [("token_id", text), ("client_id", nullable(clientID)), ("expires_at", time)]
  )

  static let recordedClient = AdminSchema("RecordedClient", [("client_id", clientID)])

  static let explanation = AdminSchema(
    "Explanation",
    [("client_id", text), ("name", nullable(name)), ("granted", boolean), ("steps", array(of: step))],
    optional: answerMembers
  )

  /// What is answered in the end: the first three where a token is granted, else the others.
  static let answerMembers = [
    ("scopes", scopeNames), ("audiences", array(of: resourceID)), ("token_lifetime", positive),
    ("status", httpStatus), ("error", text), ("error_description", text),
  ]

  static let step = object([
    ("step", text), ("outcome", choice(Explanation.Step.Outcome.allCases.map(\.rawValue))), ("finding", text),
    ("remedy", nullableText),
  ])

  static let audit = AdminSchema(
    "AuditRecord",
    [
      ("number", count), ("time", time), ("actor", text), ("action", auditAction), ("subject", text),
      ("details", map), ("address", nullableText), ("differences", object(of: difference)),
      ("chain", choice(AuditChain.allCases.map(\.rawValue))), ("hash", hexadecimal),
    ]
  )

  private static let difference = object([("before", nullableText), ("after", nullableText)])

  static let auditMark = AdminSchema(
    "AuditMark",
    [
      ("mark", choice(AuditMark.names)), ("statement", text), ("signature", hexadecimal),
      ("public_key", hexadecimal),
    ]
  )

  static let auditVerification = AdminSchema(
    "AuditVerification",
    [
      ("valid", boolean), ("problems", texts), ("chains", array(of: chain)), ("unprotected_records", count),
      ("checkpoint", nullableText), ("checkpoint_time", nullableTime), ("public_key", hexadecimal),
    ]
  )

  private static let chain = object([
    ("chain", choice(AuditChain.protecting.map(\.rawValue))), ("records", count), ("first", nullable(count)),
    ("last", nullable(count)), ("records_since_checkpoint", count),
  ])

  static let problem = AdminSchema(
    "Problem",
    [("type", choice(["about:blank"])), ("title", text), ("status", httpStatus)],
    optional: [("detail", text), ("field", text)]
  )

  /// Where it is in the document.
  var reference: JSONValue {
    .object([.init("$ref", .string("#/components/schemas/\(name)"))])
  }

  init(
    _ name: String,
    _ members: [(String, JSONValue)],
    optional: [(String, JSONValue)] = [],
    isVersioned: Bool = false
  ) {
    self.name = name
    self.isVersioned = isVersioned
    json = AdminSchema.object(members, optional: optional)
  }
}
