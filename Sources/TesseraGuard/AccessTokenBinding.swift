/// The key that an access token is bound to (RFC 7800 §3.1): whoever uses the token has to prove that the key is theirs.
public enum AccessTokenBinding: Sendable, Hashable {
  /// The key with this SHA-256 thumbprint (`jkt`, RFC 9449 §6), by which DPoP proofs are signed.
  ///
  /// In base64url, as RFC 7638 has it.
  case key(thumbprint: String)
  /// The client certificate with this SHA-256 of its DER (`x5t#S256`, RFC 8705 §3), in base64url.
  case certificate(thumbprint: String)

  /// That of a claim `cnf`, by its members; nil for one that cannot be checked here, or for more than one.
  init?(_ members: [String: String]) {
    guard members.count == 1, let member = members.first,
      member.value.utf8.count == AccessTokenBinding.thumbprintLength
    else { return nil }
    switch member.key {
    case "jkt": self = .key(thumbprint: member.value)
    case "x5t#S256": self = .certificate(thumbprint: member.value)
    default: return nil
    }
  }

  /// How many characters 32 bytes have in base64url.
  private static let thumbprintLength = 43
}
