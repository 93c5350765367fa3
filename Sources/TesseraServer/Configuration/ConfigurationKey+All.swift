import TesseraCore

extension ConfigurationKey {
  /// Every key there is.
  ///
  /// Reading, refusing unknown keys, `tessera config check` and the documentation derive from this list.
  package static let all: [ConfigurationKey] =
    general + storePassword + http + management + tracing + token + keys + limits + outbound + audit
    + auditSyslog
    + usage + notifications + log + masterKeys

  /// The key with this name; nil when there is none.
  static func named(_ name: String) -> ConfigurationKey? { all.first { $0.name == name } }

  private static let general: [ConfigurationKey] = [
    .text(
      "data-dir",
      \.dataDirectory,
      allowed: "a path",
      flag: "--data",
      "The folder of the embedded store and its master key.",
      isAllowed: isPath
    ),
    store, issuer,
    .tokenEndpoint(
      "contract.path",
      \.contract,
      "Where the token endpoint of the documented contract is."
    ),
    .tokenEndpoint(
      "rfc6749.path",
      \.rfc6749,
      "Where the token endpoint of RFC 6749 is, which the metadata names. Libraries that do not read metadata and ask "
        + "/oauth/token find it there with contract.path off and rfc6749.path /oauth/token."
    ),
    .text(
      "documentation",
      \.documentation,
      allowed: "an http or https URL without fragment",
      "A page about this server for developers. The metadata names it, and so do errors, with their code as the fragment "
        + "(error_uri).",
      isAllowed: DocumentationURL.isAllowed
    ),
  ]

  private static let issuer = ConfigurationKey(
    name: "issuer",
    allowed: "an https URL without query and fragment, or an http URL of a loopback host",
    documentation:
      "The URL that clients know this server by; without it, the URL that the server listens at. "
      + "Tokens belong to it: after a change, earlier ones are invalid.",
    read: { $0.issuer ?? "" },
    write: { configuration, texts in
      configuration.issuer = texts[0]
      return IssuerURL.isAllowed(texts[0])
    }
  )

  private static let keys: [ConfigurationKey] = [
    .integer(
      "keys.rotation-interval",
      \.keys.interval,
      1...longestTokenLifetime,
      unit: "seconds",
      "How long a key that seals or signs is used before the next takes over."
    ),
    .integer(
      "keys.publication-time",
      \.keys.publicationTime,
      1...longestTokenLifetime,
      unit: "seconds",
      "How long before its first use a key is published. At least keys.set-lifetime."
    ),
    .integer(
      "keys.set-lifetime",
      \.keys.keySetLifetime,
      1...86_400,
      unit: "seconds",
      "How long others may cache the key set and the metadata."
    ),
  ]

  private static let token: [ConfigurationKey] = [
    .integer(
      "token.lifetime",
      \.token.default,
      TokenLifetime.shortest...longestTokenLifetime,
      unit: "seconds",
      "The lifetime of tokens, unless the client has its own. At most token.max-lifetime."
    ),
    .integer(
      "token.max-lifetime",
      \.token.longest,
      TokenLifetime.shortest...longestTokenLifetime,
      unit: "seconds",
      "The longest lifetime of any token."
    ),
  ]

  private static let limits: [ConfigurationKey] = [
    .choice(
      "dpop.nonce",
      \.proofNonce,
      "Whether DPoP proofs in token requests need a nonce of this server, of the last two to four minutes. Clients then "
        + "ask twice where they have none yet."
    ),
    .addressRanges(
      "verify.trusted-peers",
      \.verifyPeers,
      "The gateways that may ask /oauth2/verify; empty for anybody. Behind a TLS proxy, the callers that it names."
    ),
    .addressRanges(
      "revocations.trusted-peers",
      \.revocationFeedPeers,
      "The APIs that may ask /oauth2/revocations; empty for anybody. Behind a TLS proxy, the callers that it names."
    ),
    .integer(
      "brute-force.free-failures",
      \.bruteForce.freeFailures,
      0...1000,
      "How many failures of a client from one source are not delayed. A network counts as several sources."
    ),
    .integer(
      "brute-force.longest-delay",
      \.bruteForce.longestDelay,
      1...3600,
      unit: "seconds",
      "The longest delay after more failures; the delay begins at 1 second and doubles."
    ),
    .choice(
      "profile",
      \.profile,
      "The profile of OAuth 2.0 that every client is held to: with fapi2, the FAPI 2.0 Security Profile, only private_key_jwt "
        + "and mutual TLS, only tokens that are bound to a key, and only PS256, ES256 and EdDSA. Without it, single clients "
        + "can have one by themselves."
    ),
    .boolean(
      "assertions.strict",
      \.requiresStrictAssertions,
      "Whether assertions of clients (private_key_jwt) must name the issuer itself as their audience and expire within 5 "
        + "minutes; otherwise they may name the token endpoint, and expire within an hour. Single clients can be strict by "
        + "themselves."
    ),
    .integer(
      "directory.max-staleness",
      \.replica.maximumStaleness,
      1...86_400,
      unit: "seconds",
      "How long the server answers from memory while the store does not answer; after that, 503."
    ),
    .integer(
      "directory.max-clients",
      \.replica.maximumClients,
      2...100_000_000,
      "The largest number of clients kept in memory."
    ),
    .integer(
      "directory.warm-clients",
      \.replica.warmClients,
      0...100_000_000,
      "How many clients are read into memory at the start, those that were used last; at most half of "
        + "directory.max-clients."
    ),
  ]

  private static let usage: [ConfigurationKey] = [
    .integer(
      "usage.retention",
      \.usage.days,
      0...longestRetention,
      unit: "days",
      "How long it is kept what the token requests of each client came to; 0 for ever."
    ),
    .integer(
      "usage.interval",
      \.usage.interval,
      1...3600,
      unit: "seconds",
      "How often a server tells the store of usage: as much is lost when it is killed."
    ),
  ]

  private static let audit: [ConfigurationKey] = [
    .integer(
      "audit.retention",
      \.audit.days,
      0...longestRetention,
      unit: "days",
      "How long the audit log is kept; 0 for ever."
    ),
    .integer(
      "audit.revocation-retention",
      \.audit.revocationDays,
      0...longestRetention,
      unit: "days",
      "How long the audit log keeps revocations of single tokens; 0 for as long as everything else."
    ),
  ]

  private static let log: [ConfigurationKey] = [
    .choice("log.level", \.log.level, "The least severe level that is logged; info has a line per request."),
    .choice("log.format", \.log.format, "The format of the lines of the log."),
  ]

  /// A year: whoever wants more wants no expiry, which an access token must have.
  private static let longestTokenLifetime = 31_536_000
  /// A century.
  private static let longestRetention = 36_500
}
