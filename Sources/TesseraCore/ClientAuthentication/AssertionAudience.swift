/// Whom assertions of clients are for, and what follows for their claims.
package struct AssertionAudience: Sendable {
  /// The longest lifetime, in seconds.
  private static let longestLifetime = 3600
  private static let longestStrictLifetime = 300

  /// What is asked of every client.
  package let rules: AssertionRules
  /// What is asked of those with a profile: what is asked of strict ones, and that one of its algorithms has signed.
  private let profileRules: AssertionRules
  /// What is asked of those that have to be strict: the issuer itself as the audience, lest another server that is found at
  /// the same URL gets something to present here (FAPI 2.0 §5.3.2.1), and a short life.
  private let strictRules: AssertionRules

  /// The issuer, and its token endpoints as others call them (RFC 7523 §3).
  ///
  /// With `isStrict` every client has to be strict; with a profile every client is held to it.
  package init(
    issuer: String,
    tokenEndpoints: [String],
    isStrict: Bool,
    profile: SecurityProfile? = nil
  ) {
    profileRules = AssertionRules(
      audiences: [issuer],
      longestLifetime: AssertionAudience.longestStrictLifetime,
      profile: profile ?? .fapi2
    )
    strictRules = AssertionRules(
      audiences: [issuer],
      longestLifetime: AssertionAudience.longestStrictLifetime
    )
    if profile != nil {
      rules = profileRules
    } else if isStrict {
      rules = strictRules
    } else {
      rules = AssertionRules(
        audiences: [issuer] + tokenEndpoints,
        longestLifetime: AssertionAudience.longestLifetime
      )
    }
  }

  /// What is asked of this client besides; nil for nothing.
  package func rules(of client: Client) -> AssertionRules? {
    if client.keyMetadata.profile != nil { return profileRules }
    return client.keyMetadata.requiresStrictAssertions ? strictRules : nil
  }
}
