/// A JWT by which somebody says who a client is (RFC 7523 §3), taken apart; nothing in it is to be believed before its
/// signature is verified.
package struct AssertionJWT: Sendable {
  /// How it is signed: two things that no header can turn into each other (RFC 8725 §3.1).
  package enum Signature: Sendable {
    /// By a private key.
    case byKey(JWS)
    /// By a secret that both know.
    case bySecret(HS256)
  }

  /// The longest that is read, in bytes.
  package static let maximumLength = 12_288
  /// The longest `kid`, in bytes.
  private static let longestKeyID = 1024
  /// The types that it may have, where it has one (RFC 8725 §3.11): no access token and no proof passes for it.
  package static let usualTypes = ["JWT", "client-authentication+jwt"]
  /// Those of a JWT-SVID (SPIFFE JWT-SVID §2.3).
  package static let typesOfSVIDs = ["JWT", "JOSE"]

  package let signature: Signature
  package let claims: [String: JSON]

  /// Nil for what is too long, or is not one JWT in the compact form with an algorithm that there is and a type for this
  /// use; without `typ` it may be for this use.
  package init?(_ bytes: some Collection<UInt8>, types: [String] = AssertionJWT.usualTypes) {
    guard bytes.count <= AssertionJWT.maximumLength, let compact = CompactJWS(Array(bytes)),
      compact.header["typ"] == nil || compact.hasType(among: types),
      compact.keyID?.utf8.count ?? 0 <= AssertionJWT.longestKeyID, let claims = compact.claims
    else { return nil }
    if let jws = JWS(compact, algorithms: AssertionJWT.algorithms) {
      signature = .byKey(jws)
    } else if let hs256 = HS256(compact) {
      signature = .bySecret(hs256)
    } else {
      return nil
    }
    self.claims = claims
  }

  /// What a private key may sign by.
  private static let algorithms = Set(SigningAlgorithm.all.map(\.name))
}
