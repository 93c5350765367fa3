/// A client taken as proven, by the best secret that it has: for a decision that is explained to an operator, never for a
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
        let ends = cached.client.secrets.map(\.expiresAt)
        guard !ends.isEmpty else { return .fails("the client has no secret") }
        return .holds(until: ends.contains(nil) ? nil : ends.compactMap(\.self).max())
      }
    ]
  }
}
