import TesseraJOSE

/// A client taken as proven, by the best secret or key that it has: for a decision that is explained to an operator, never for a
/// request that came from outside.
struct AssumedAuthentication: ClientAuthenticator {
  let method: ClientAuthenticationMethod
  let parameters: [ParameterName] = [.clientID]
  private let id: ClientID

  /// By the method that the client is registered for, as far as it is one that proves anything.
  init(of client: Client) {
    id = client.id
    let registered = client.authenticationMethod ?? .clientSecretPost
    method = registered == .none ? .clientSecretPost : registered
  }

  func isPresented(in request: ClientAuthenticationRequest) -> Bool { true }

  func claims(in request: ClientAuthenticationRequest) throws(OAuthError) -> [ClientClaim] {
    [
      ClientClaim(clientID: id) { cached, _ in
        let ends = cached.client.credentialEnds
        guard !ends.isEmpty else { return .fails("the client has nothing to prove who it is by") }
        return .holds(until: ends.contains(nil) ? nil : ends.compactMap(\.self).max())
      }
    ]
  }
}

extension Client {
  /// When what proves it by the method that it is registered for ends to work, each; nil for never.
  fileprivate var credentialEnds: [Timestamp?] {
    let secrets = usableSecrets.map(\.expiresAt)
    guard usesKeys else { return secrets }
    // What is behind the URL is known only when it is fetched, and certificate and platform's token only when they are shown.
    let isOpen =
      keyMetadata.keySetURL != nil || keyMetadata.certificateSubject != nil || !keyMetadata.trusts.isEmpty
    return secrets + keyMetadata.keys.map(\.expiresAt) + (isOpen ? [nil] : [])
  }

  /// Whether a secret may prove it.
  var usesSecrets: Bool { authenticationMethod?.usesSecret ?? true }

  /// Those that may: of a client that authenticates by `client_secret_jwt`, those that are kept.
  var usableSecrets: [StoredSecret] {
    guard usesSecrets else { return [] }
    return authenticationMethod == .clientSecretJWT ? secrets.filter(\.hash.isWrapped) : secrets
  }

  /// Whether a key or a certificate may.
  var usesKeys: Bool { authenticationMethod.map { !$0.usesSecret } ?? true }
}
