/// How a token endpoint is spoken to.
public enum TokenDialect: Sendable, Hashable {
  /// `POST /oauth/token` of Tessera: commas between scopes; the answer has the members `accessToken`,
  /// `accessTokenExpiresAt` (ISO 8601) and `scope`, an error `name` and `message`.
  case contract
  /// `POST /oauth2/token`, as every OAuth 2.0 server has it: spaces between scopes; the answer has the members
  /// `access_token`, `token_type`, `expires_in` (seconds) and `scope` (RFC 6749 §5.1), an error `error` and
  /// `error_description` (RFC 6749 §5.2).
  case rfc6749

  /// What stands between scopes.
  var scopeSeparator: Character {
    switch self {
    case .contract: ","
    case .rfc6749: " "
    }
  }

  /// Whether this can be sent as one scope: a scope-token (RFC 6749 §3.3) without the dialect's separator.
  func isScope(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x22, 0x5C: false
        case UInt8(ascii: ","): self == .rfc6749
        case 0x21...0x7E: true
        default: false
        }
      }
  }
}
