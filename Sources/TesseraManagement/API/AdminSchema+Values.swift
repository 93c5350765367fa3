import TesseraCore
import TesseraJOSE

/// The schemas of single values, and of what is made of them.
extension AdminSchema {
  static let text = type("string")
  static let integer = type("integer")
  static let boolean = type("boolean")
  /// A whole number that is not negative.
  static let count = number(from: 0)
  static let positive = number(from: 1)
  static let httpStatus = number(from: 400, through: 599)
  static let texts = array(of: text)
  static let map = object(of: text)
  static let anyObject = type("object")

  static let clientID = text(1...255, "^[ -~]+$")
  static let clientSecret = text(8...255, "^[ -~]+$")
  static let secretPrefix = text(4...4, "^[ -~]+$")
  /// The name of a client or a secret, or a description: at most 100 characters as people count them, which can be several
  /// of Unicode's each.
  static let name = text(1...DisplayName.maximumByteCount, #"^[^\x00-\x1F\x7F]+$"#)
  /// In days.
  static let secretLifetime = number(from: 1, through: SecretLifetime.longest)
  /// A public key (RFC 7517), in JSON.
  static let jwk = object(of: text)
  /// A public key or a certificate in PEM (RFC 7468).
  static let pem = text(1...PublicKeyDocument.maximumSize, "^[\\x09\\x0A\\x0D -~]+$")
  static let keySetURL = text(1...KeySetURL.maximumLength, "^https://[!-~]+$")
  static let trustedIssuer = text(1...512, "^(https|spiffe)://[!-~]+$")
  /// An audience, or what a claim has to be.
  static let trustText = text(1...NewClientTrust.longestText, #"^[^\x00-\x1F\x7F]+$"#)
  /// In seconds.
  static let trustedLifetime = number(
    from: NewClientTrust.lifetimes.lowerBound,
    through: NewClientTrust.lifetimes.upperBound
  )
  /// In base64url.
  static let thumbprint = text(43...43, "^[A-Za-z0-9_-]+$")
  /// Requests a minute, or at once.
  static let quota = number(from: Quota.allowed.lowerBound, through: Quota.allowed.upperBound)
  static let scopeName = text(1...Scope.maximumLength, #"^[!#-+\x2D-\x5B\x5D-~]+$"#)
  static let scopeNames = array(of: scopeName)
  static let resourceID = text(1...Resource.maximumLength, #"^[!"$-~]+$"#)
  static let time = JSONValue.object([
    .init("type", .string("string")), .init("format", .string("date-time")),
    .init("pattern", .string(#"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"#)),
  ])
  static let nullableText = nullable(text)
  static let nullableTime = nullable(time)
  static let hexadecimal = JSONValue.object([
    .init("type", .string("string")), .init("pattern", .string("^([0-9a-f]{2})*$")),
  ])

  static let tokenFormat = choice(TokenFormat.allCases.map(\.rawValue))
  static let profile = choice(SecurityProfile.allCases.map(\.rawValue))
  static let authenticationMethod = choice(ClientAuthenticationMethod.allCases.map(\.rawValue))
  static let grantType = choice(GrantType.all.map(\.name))
  static let algorithm = choice(SigningAlgorithm.ofTokens.map(\.name))
  static let jwtType = choice(JWTType.allCases.map(\.rawValue))
  static let keyUse = choice(KeyUse.all.map(\.description))
  static let keyState = choice(KeyRing.State.allCases.map(\.rawValue))
  static let keyNumber = number(from: 0, through: Int(UInt16.max))
  static let auditAction = choice(AuditEvent.Action.allCases.map(\.rawValue))

  static func choice(_ texts: [String]) -> JSONValue {
    .object([.init("type", .string("string")), .init("enum", JSONValue(texts))])
  }

  static func number(from least: Int, through greatest: Int? = nil) -> JSONValue {
    .object(
      [.init("type", .string("integer")), .init("minimum", .integer(least))]
        + (greatest.map { [.init("maximum", .integer($0))] } ?? [])
    )
  }

  /// A text of so many of Unicode's characters, which all of a regular expression matches.
  static func text(_ length: ClosedRange<Int>, _ pattern: String) -> JSONValue {
    .object([
      .init("type", .string("string")), .init("minLength", .integer(length.lowerBound)),
      .init("maxLength", .integer(length.upperBound)), .init("pattern", .string(pattern)),
    ])
  }

  /// The same or null.
  static func nullable(_ schema: JSONValue) -> JSONValue {
    .object([.init("anyOf", .array([schema, type("null")]))])
  }

  static func array(of element: JSONValue, atMost count: Int? = nil) -> JSONValue {
    .object(
      [.init("type", .string("array")), .init("items", element)]
        + (count.map { [.init("maxItems", .integer($0))] } ?? [])
    )
  }

  /// An object whose members have any name.
  static func object(of element: JSONValue) -> JSONValue {
    .object([.init("type", .string("object")), .init("additionalProperties", element)])
  }

  /// An object of these members and no other.
  static func object(_ members: [(String, JSONValue)], optional: [(String, JSONValue)] = []) -> JSONValue {
    .object([
      .init("type", .string("object")),
      .init("properties", .object((members + optional).map { .init($0.0, $0.1) })),
      .init("required", JSONValue(members.map(\.0))), .init("additionalProperties", .boolean(false)),
    ])
  }

  /// An object with the members that these describe, each with what it is.
  static func object(_ fields: [AdminField]) -> JSONValue {
    func described(_ field: AdminField) -> JSONValue {
      guard case .object(let members) = field.schema else { return field.schema }
      return .object(members + [.init("description", .string(field.help))])
    }
    return object(
      fields.filter(\.isRequired).map { ($0.name, described($0)) },
      optional: fields.filter { !$0.isRequired }.map { ($0.name, described($0)) }
    )
  }

  private static func type(_ name: String) -> JSONValue { .object([.init("type", .string(name))]) }
}

extension AdminField.Kind {
  /// The schema of its values; `values` is that of each, where it is narrower.
  func schema(_ values: JSONValue?) -> JSONValue {
    switch self {
    case .text: values ?? AdminSchema.text
    case .texts: AdminSchema.array(of: values ?? AdminSchema.text)
    case .integer: values ?? AdminSchema.integer
    case .boolean: AdminSchema.boolean
    case .choice(let texts): AdminSchema.choice(texts)
    case .map: AdminSchema.object(of: values ?? AdminSchema.text)
    case .object: values ?? AdminSchema.anyObject
    case .objects(let fields): AdminSchema.array(of: values ?? AdminSchema.object(fields))
    case .nullable(let kind): AdminSchema.nullable(kind.schema(values))
    }
  }
}
