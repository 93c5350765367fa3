import TesseraJOSE

/// Turns a grant into a token, in the format that the client and the APIs want.
package struct TokenIssuer: Sendable {
  private let formats: [any AccessTokenFormat]
  private let profile: SecurityProfile?

  /// `profile` is that of the server; nil for none.
  package init(formats: [any AccessTokenFormat], profile: SecurityProfile? = nil) {
    self.formats = formats
    self.profile = profile
  }

  /// The token for this grant.
  ///
  /// Writes nothing anywhere.
  func issue(
    _ grant: AccessGrant,
    to client: CachedClient,
    with facts: ReplicaFacts
  ) throws(OAuthError) -> IssuedToken {
    try TokenIssuer.checkTime(of: grant, for: client.client, facts)
    let wishes = try TokenIssuer.requirements(of: grant.audiences, facts)
    let wanted = wishes?.format ?? client.client.tokenFormat
    guard let format = formats.first(where: { $0.format == wanted }) else {
      throw OAuthError(.serverError, .unexpected, privateDetail: "no token format \(wanted.rawValue)")
    }
    let signature = wanted == .jwt ? try signature(wishes, for: client.client) : SignatureChoice()
    let token = try format.encode(grant, for: client.holder, signature, with: facts.keyRing)
    // Registration sees to it. What was registered before it did is held up here.
    guard token.text.count <= AccessTokenLength.maximum else {
      throw OAuthError(
        .invalidScope,
        .tokenTooLong,
        privateDetail: "the token would have \(token.text.count) characters, and nobody could send it"
      )
    }
    return token
  }

  /// Throws when the token would be dead: tokens of the client count from a time that is ahead of the clock, as it is
  /// after the clock was ahead, something was registered or revoked meanwhile, and the clock was set back.
  private static func checkTime(
    of grant: AccessGrant,
    for client: Client,
    _ facts: ReplicaFacts
  ) throws(OAuthError) {
    let notBefore = max(client.notBefore, facts.serverState.tokensNotBefore ?? client.notBefore)
    let ahead = notBefore.milliseconds.subtractingReportingOverflow(grant.issuedAt.milliseconds).partialValue
    guard ahead > 0 else { return }
    var refusal = OAuthError.temporarilyUnavailable(
      "tokens count from \(notBefore.iso8601) on, which is ahead of the clock: "
        + "set the clock right, or wait, or run tessera revoke-all --clock-was-ahead"
    )
    refusal.retryAfter = Int(min((ahead + 999) / 1000, 60))
    throw refusal
  }

  /// What the APIs want together; nil where none is known.
  private static func requirements(
    of audiences: [Resource],
    _ facts: ReplicaFacts
  ) throws(OAuthError) -> TokenRequirements? {
    var all: TokenRequirements?
    for audience in audiences {
      guard let wishes = facts.requirements[audience] else { continue }
      if all == nil { all = wishes } else { try all?.add(wishes) }
    }
    return all
  }

  private func signature(
    _ wishes: TokenRequirements?,
    for client: Client
  ) throws(OAuthError) -> SignatureChoice {
    var signature = SignatureChoice()
    guard let wishes else { return signature }
    guard wishes.allowJWT else { throw TokenRequirements.conflict }
    signature.algorithm = wishes.algorithm
    signature.type = wishes.type
    if let profile = client.profile(on: profile), let algorithm = signature.algorithm,
      !profile.allows(algorithm)
    {
      throw OAuthError(
        .invalidTarget,
        .resourceOutsideProfile,
        privateDetail:
          "the API wants tokens signed by \(algorithm), which the profile \(profile.rawValue) has not"
      )
    }
    return signature
  }
}
