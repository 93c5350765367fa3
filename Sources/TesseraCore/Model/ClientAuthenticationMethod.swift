/// A token endpoint authentication method by its registered name (RFC 7591 §2, IANA registry).
package enum ClientAuthenticationMethod: String, Sendable, CaseIterable {
  /// The secret in an HTTP Basic header (RFC 6749 §2.3.1).
  case clientSecretBasic = "client_secret_basic"
  /// The secret in the form (RFC 6749 §2.3.1).
  case clientSecretPost = "client_secret_post"
  /// A public client (RFC 6749 §2.1), which cannot authenticate and so gets no token by client credentials.
  case none = "none"
}
