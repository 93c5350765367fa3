/// A token endpoint authentication method by its registered name (RFC 7591 §2, IANA registry).
package struct ClientAuthenticationMethod: RawRepresentable, Hashable, Sendable, CaseIterable {
  /// The name.
  package let rawValue: String

  /// The secret in an HTTP Basic header (RFC 6749 §2.3.1).
  package static let clientSecretBasic = ClientAuthenticationMethod("client_secret_basic")
  /// The secret in the form (RFC 6749 §2.3.1).
  package static let clientSecretPost = ClientAuthenticationMethod("client_secret_post")
  /// A JWT that the client signs by a private key (RFC 7523 §2.2).
  package static let privateKeyJWT = ClientAuthenticationMethod("private_key_jwt")
  /// A JWT that the client authenticates by its secret (RFC 7523 §2.2).
  package static let clientSecretJWT = ClientAuthenticationMethod("client_secret_jwt")
  /// A certificate of an authority that is trusted (RFC 8705 §2.1).
  package static let tlsClientAuth = ClientAuthenticationMethod("tls_client_auth")
  /// A certificate that is registered itself (RFC 8705 §2.2).
  package static let selfSignedTLSClientAuth = ClientAuthenticationMethod("self_signed_tls_client_auth")
  /// A public client (RFC 6749 §2.1), which cannot authenticate and so gets no token by client credentials.
  package static let none = ClientAuthenticationMethod("none")

  /// Those that a client can be registered for.
  package static let allCases: [ClientAuthenticationMethod] = [
    .clientSecretBasic, .clientSecretPost, .privateKeyJWT, .clientSecretJWT, .tlsClientAuth,
    .selfSignedTLSClientAuth, .none,
  ]

  /// Whether a secret is what it proves a client by.
  package var usesSecret: Bool { rawValue.hasPrefix("client_secret_") }

  /// The method with this name.
  package init(_ name: StaticString) {
    rawValue = name.description
  }

  /// Nil when no client can be registered for it.
  package init?(rawValue: String) {
    guard let known = ClientAuthenticationMethod.allCases.first(where: { $0.rawValue == rawValue }) else {
      return nil
    }
    self = known
  }
}
