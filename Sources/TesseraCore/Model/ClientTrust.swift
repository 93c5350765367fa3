package import TesseraJOSE

/// A platform that vouches for a client: an issuer whose JWTs say who the client is, where they say what they have to.
///
/// Nothing in it is secret.
package struct ClientTrust: Sendable, Equatable {
  /// Where the keys of the issuer are.
  package enum Keys: Sendable, Equatable {
    /// Where the issuer says (OpenID Connect Discovery 1.0 §4).
    case discovered
    /// At this URL, as a JWK Set.
    case published(at: String)
    /// Here, and nowhere else.
    case given([JWK])
  }

  /// What operators call it; unique among the secrets, keys and trusts of its client.
  package let name: String
  /// What kind of platform it is.
  package let preset: TrustPreset
  /// `iss`, to the letter, or a SPIFFE trust domain such as `spiffe://example.org`.
  package let issuer: String
  /// Whom its tokens may be for: all that a token names have to be among them.
  package let audiences: [String]
  /// What its tokens have to say besides.
  package let conditions: [ClaimCondition]
  package let keys: Keys
  /// How far ahead the end of a token, and how long ago its beginning, may be, in seconds.
  package let longestLifetime: Int
  /// Whether a token may be presented more than once.
  package let isReusable: Bool
  /// When it was registered.
  package let createdAt: Timestamp

  package init(
    name: String,
    preset: TrustPreset,
    issuer: String,
    audiences: [String],
    conditions: [ClaimCondition],
    keys: Keys,
    longestLifetime: Int,
    isReusable: Bool,
    createdAt: Timestamp
  ) {
    self.name = name
    self.preset = preset
    self.issuer = issuer
    self.audiences = audiences
    self.conditions = conditions
    self.keys = keys
    self.longestLifetime = longestLifetime
    self.isReusable = isReusable
    self.createdAt = createdAt
  }
}

/// A kind of platform whose tokens are known, for what is usual of them.
package enum TrustPreset: String, Sendable, CaseIterable {
  case kubernetes
  case githubActions = "github-actions"
  case gitlab
  case spiffe
  case google
  case aws
  case azure
  case generic
}

extension ClientTrust {
  /// As a store keeps it.
  var stored: JSONValue {
    .object(
      [
        .init("name", .string(name)), .init("preset", .string(preset.rawValue)),
        .init("issuer", .string(issuer)), .init("audiences", JSONValue(audiences)),
        .init("claims", .object(conditions.map { .init($0.claim, .string($0.pattern)) })),
      ] + keys.members + [
        .init("max_lifetime", .integer(longestLifetime)), .init("reusable", .boolean(isReusable)),
        .init("created_at", .string(createdAt.iso8601)),
      ]
    )
  }

  /// What `stored` has made.
  package init(stored: ShownJSON) throws(UnreadableJSON) {
    self.init(
      name: try stored.text("name"),
      preset: try stored.value("preset", TrustPreset.init(rawValue:)),
      issuer: try stored.text("issuer"),
      audiences: try stored.values("audiences") { $0 },
      conditions: try stored.map("claims").sorted { $0.key < $1.key }.map {
        ClaimCondition($0.key, $0.value)
      },
      keys: try Keys(stored),
      longestLifetime: try stored.integer("max_lifetime"),
      isReusable: try stored.boolean("reusable"),
      createdAt: try stored.time("created_at")
    )
  }
}

extension ClientTrust.Keys {
  /// The members that say where they are; none where the issuer does.
  var members: [JSONValue.Member] {
    switch self {
    case .discovered: []
    case .published(let url): [.init("jwks_uri", .string(url))]
    case .given(let jwks):
      [
        .init(
          "jwks",
          .object([
            .init("keys", .array(jwks.map { .object($0.members.map { .init($0.name, .string($0.value)) }) }))
          ])
        )
      ]
    }
  }

  /// What `members` has made.
  init(_ stored: ShownJSON) throws(UnreadableJSON) {
    if let json = try stored.json("jwks") {
      guard let set = JWKSet(json), set.keys.count == json.members?["keys"]?.elements?.count else {
        throw UnreadableJSON(member: "jwks")
      }
      self = .given(set.keys)
    } else {
      self = try stored.optionalText("jwks_uri").map(ClientTrust.Keys.published) ?? .discovered
    }
  }
}
