/// Whether DPoP proofs have to have a nonce of the server in them (RFC 9449 §8).
package enum ProofNonceUse: String, Sendable, CaseIterable {
  /// They are taken without, and what they have counts for nothing.
  case off
  /// They have to.
  case required
}
