import TesseraJOSE

/// A token whose signature and claims are right.
///
/// Whether it is valid now is another question.
struct SignedToken: Sendable {
  let content: VerifiedAccessToken
  /// What signed it.
  let key: JWK
  /// Its ID when it is of Tessera's form; what the revocation feed names it by.
  let id: TokenID?
  /// To the millisecond, for a token of Tessera's.
  let issuedAt: Timestamp
  let expiresAt: Timestamp
  let notBefore: Timestamp?

  /// Whether it is valid at this time, unless it was revoked.
  func isTimely(at now: Timestamp, clockSkew: Int64) -> Bool {
    let latest = now.advanced(byMilliseconds: clockSkew)
    return now < expiresAt && issuedAt <= latest && notBefore.map { $0 <= latest } ?? true
  }
}
