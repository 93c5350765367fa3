/// The `typ` of JWT access tokens (RFC 7515 §4.1.9).
package enum JWTType: String, Sendable, CaseIterable {
  /// RFC 9068 §2.1, by which a verifier tells access tokens from other JWTs.
  case accessToken = "at+jwt"
  /// For software that takes no other.
  case jwt = "JWT"

  /// The `typ` of a part of the revocation feed.
  ///
  /// It keeps the part from being taken for an access token, and access tokens from being taken for it (RFC 8725
  /// §3.11).
  package static let revocations = "revocations+jwt"

  /// The `typ` of a Security Event Token (RFC 8417 §2.3).
  package static let securityEvent = "secevent+jwt"
}
