/// How a client proves to the token endpoint who it is (RFC 6749 §2.3.1).
public enum ClientAuthentication: Sendable, Hashable {
  /// `client_id` and `client_secret` in the form, which Tessera's documented contract uses.
  case clientSecretPost
  /// The HTTP Basic scheme, which every OAuth 2.0 server must support.
  case clientSecretBasic
}
