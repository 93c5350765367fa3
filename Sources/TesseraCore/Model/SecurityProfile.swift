package import TesseraJOSE

/// A profile of OAuth 2.0: of what the standards leave open, what is asked of clients.
///
/// A server has one for all clients, or single clients have one.
package enum SecurityProfile: String, Sendable, CaseIterable {
  /// The FAPI 2.0 Security Profile: no shared secrets, no token that works for whoever has it, no signature that is older
  /// than PSS.
  case fapi2

  /// Whether a client may authenticate by this method: `private_key_jwt` and mutual TLS, which share nothing (FAPI 2.0
  /// §5.3.2.1).
  package func allows(_ method: ClientAuthenticationMethod) -> Bool {
    switch self {
    case .fapi2: !method.usesSecret && method != .none
    }
  }

  /// Whether JWTs may be signed by this algorithm, those of clients and those that are made here (FAPI 2.0 §5.4.1).
  package func allows(_ algorithm: SigningAlgorithm) -> Bool {
    switch self {
    case .fapi2: [.ps256, .es256, .edDSA].contains(algorithm)
    }
  }
}

extension Client {
  /// The profile that it is held to, on a server with this one.
  package func profile(on server: SecurityProfile?) -> SecurityProfile? { server ?? keyMetadata.profile }
}
