/// How access tokens carry their facts.
package enum TokenFormat: String, Sendable, CaseIterable {
  /// Sealed: only this server can read it.
  case opaque
  /// Signed: everybody can read it, and verify it with the published keys (RFC 9068).
  case jwt
}
