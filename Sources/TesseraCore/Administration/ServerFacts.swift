import TesseraJOSE

/// What operators need to know of a server to tell what follows from what it shows.
package struct ServerFacts: Representation {
  /// Who its tokens are from.
  package let issuer: String
  package let version: String
  /// Where the token endpoint that the command line shows is, below the issuer.
  package let tokenEndpointPath: String
  /// What separates scopes there.
  package let scopeSeparator: String
  package let lifetime: TokenLifetime
  /// How long a key is used before the next takes over, in seconds.
  package let keyInterval: Int
  /// How long the published key set may be kept, in seconds.
  package let keySetLifetime: Int

  package init(
    issuer: String,
    version: String,
    tokenEndpointPath: String,
    scopeSeparator: String,
    lifetime: TokenLifetime,
    keys: KeyRotation.Settings
  ) {
    self.issuer = issuer
    self.version = version
    self.tokenEndpointPath = tokenEndpointPath
    self.scopeSeparator = scopeSeparator
    self.lifetime = lifetime
    keyInterval = keys.interval
    keySetLifetime = keys.keySetLifetime
  }

  /// Where tokens are asked for.
  package var tokenEndpoint: String { ServerFacts.base(of: issuer) + tokenEndpointPath }

  private static func base(of issuer: String) -> String {
    issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
  }

  package var json: JSONValue {
    .object([
      .init("issuer", .string(issuer)), .init("version", .string(version)),
      .init("token_endpoint", .string(tokenEndpoint)), .init("scope_separator", .string(scopeSeparator)),
      .init("token_lifetime", .integer(lifetime.default)),
      .init("longest_token_lifetime", .integer(lifetime.longest)),
      .init("key_rotation_interval", .integer(keyInterval)),
      .init("key_set_lifetime", .integer(keySetLifetime)),
    ])
  }

  /// Those of a server that shows them.
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    issuer = try shown.text("issuer")
    version = try shown.text("version")
    let (endpoint, base) = (try shown.text("token_endpoint"), ServerFacts.base(of: issuer))
    guard endpoint.hasPrefix(base) else { throw UnreadableJSON(member: "token_endpoint") }
    tokenEndpointPath = String(endpoint.dropFirst(base.count))
    scopeSeparator = try shown.text("scope_separator")
    lifetime = TokenLifetime(
      default: try shown.integer("token_lifetime"),
      longest: try shown.integer("longest_token_lifetime")
    )
    keyInterval = try shown.integer("key_rotation_interval")
    keySetLifetime = try shown.integer("key_set_lifetime")
  }
}
