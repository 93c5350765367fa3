import TesseraJOSE

/// `client_secret_jwt`: a JWT that the client authenticates by its secret (RFC 7523 §2.2), HS256.
///
/// Only for clients that are registered for it, whose secrets are kept encrypted and not hashed.
package struct ClientSecretJWT: ClientAuthenticator {
  package let method = ClientAuthenticationMethod.clientSecretJWT
  package let parameters = PresentedAssertion.parameters
  package let signingAlgorithms = [HS256.name]
  private let check: AssertionCheck
  private let replica: ReplicaReader

  package init(audience: AssertionAudience, replica: ReplicaReader) {
    check = AssertionCheck(audience: audience, replica: replica)
    self.replica = replica
  }

  package func isPresented(in request: ClientAuthenticationRequest) -> Bool {
    request.assertion?.isBySecret ?? false
  }

  package func claims(in request: ClientAuthenticationRequest) throws(OAuthError) -> [ClientClaim] {
    let own: (jwt: AssertionJWT, clientID: ClientID?)?
    do throws(UnfitAssertion) {
      own = try request.assertion?.own()
    } catch {
      throw refusal(privateDetail: error.reason)
    }
    guard let own, case .bySecret(let hs256) = own.jwt.signature else {
      throw refusal(privateDetail: "client_assertion is not authenticated by a secret")
    }
    return [
      ClientClaim(clientID: own.clientID) { client, exchange throws(Interruption) in
        try check.proof(own.jwt.claims, of: client, &exchange) { exchange throws(Interruption) in
          let hasher = try exchange.view.facts(of: replica).secretHasher
          return proof(hs256, by: hasher, of: client.client)
        }
      }
    ]
  }

  /// Whether a secret of the client authenticates it.
  private func proof(_ hs256: HS256, by hasher: SecretHasher, of client: Client) -> Proof {
    let kept = client.secrets.compactMap { stored in hasher.unwrap(stored.hash).map { (stored, $0) } }
    for (stored, secret) in kept where hs256.isAuthenticated(by: secret) {
      return .holds(until: stored.expiresAt, by: stored.name)
    }
    // As long as with one that is wrong.
    if kept.isEmpty { _ = hs256.isAuthenticated(by: ClientSecretJWT.nobodysSecret) }
    let isRegistered = client.authenticationMethod == method
    return .fails(
      isRegistered
        ? "the assertion is not by a secret that the client has"
        : "the client is not registered for client_secret_jwt"
    )
  }

  private static let nobodysSecret = [UInt8](repeating: 0, count: 32)
}
