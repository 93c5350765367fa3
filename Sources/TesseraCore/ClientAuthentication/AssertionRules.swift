package import TesseraJOSE

/// What is asked of the claims of an assertion, whoever has signed it (RFC 7523 §3).
package struct AssertionRules: Sendable {
  /// How far ahead of ours a clock may be, in seconds (FAPI 2.0 §5.3.2.1).
  package static let clockTolerance = 10

  /// Whom it may be for.
  package let audiences: [String]
  /// How far ahead its end, and how long ago its beginning, may be, in seconds.
  package let longestLifetime: Int
  /// The profile that names what it may be signed by; nil for any that there is.
  package let profile: SecurityProfile?

  /// Whether it may name several, as platforms write it: then all of them have to be among these.
  private let takesSeveralAudiences: Bool

  package init(
    audiences: [String],
    longestLifetime: Int,
    profile: SecurityProfile? = nil,
    takesSeveralAudiences: Bool = false
  ) {
    self.audiences = audiences
    self.longestLifetime = longestLifetime
    self.profile = profile
    self.takesSeveralAudiences = takesSeveralAudiences
  }

  /// Whether an assertion may be signed by this algorithm.
  package func allows(_ algorithm: SigningAlgorithm) -> Bool { profile?.allows(algorithm) ?? true }

  /// Why an assertion with these claims, signed by this algorithm or by a secret, is refused now, for the log; nil when it
  /// is not.
  package func objection(
    to claims: [String: JSON],
    signedBy algorithm: SigningAlgorithm?,
    at now: Timestamp
  ) -> String? {
    if let algorithm, !allows(algorithm) { return "the profile has no assertions by \(algorithm)" }
    return objection(to: claims, at: now)
  }

  /// Why an assertion with these claims is refused now, for the log; nil when it is not.
  package func objection(to claims: [String: JSON], at now: Timestamp) -> String? {
    guard isFor(claims) else { return "the assertion is for another audience" }
    let latestStart = now.advanced(bySeconds: Int64(AssertionRules.clockTolerance))
    var start = now
    if let issuedAt = claims["iat"] {
      guard let issuedAt = issuedAt.numericDate else { return "iat of the assertion is no time" }
      guard issuedAt <= latestStart else { return "the assertion was issued in the future" }
      guard now <= issuedAt.advanced(bySeconds: Int64(longestLifetime)) else {
        return "the assertion was issued too long ago"
      }
      start = max(start, issuedAt)
    }
    if let notBefore = claims["nbf"] {
      guard let notBefore = notBefore.numericDate else { return "nbf of the assertion is no time" }
      guard notBefore <= latestStart else { return "the assertion is not valid yet" }
    }
    guard let end = claims.time("exp") else { return "exp of the assertion is missing or no time" }
    guard now < end else { return "the assertion has expired" }
    // From when it was issued, where that is ahead of our clock.
    guard end <= start.advanced(bySeconds: Int64(longestLifetime)) else {
      return "the assertion expires too late"
    }
    return nil
  }

  /// One audience, as one text: of several, another could present it here (RFC 7523 §3, FAPI 2.0 §5.3.2.1).
  private func isFor(_ claims: [String: JSON]) -> Bool {
    guard takesSeveralAudiences else { return audiences.contains { claims.has("aud", $0) } }
    guard let named = claims.texts("aud"), !named.isEmpty else { return false }
    return named.allSatisfy { name in audiences.contains { $0.utf8.elementsEqual(name.utf8) } }
  }
}
