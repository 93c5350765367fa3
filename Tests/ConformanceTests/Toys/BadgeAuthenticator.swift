import TesseraCore

/// A method that docs/guides/authenticator.md makes: the client shows the badge that it was given.
struct BadgeAuthenticator: ClientAuthenticator {
  let method = ClientAuthenticationMethod.badge
  let parameters: [ParameterName] = [.clientID, .badge]
  /// The badges, and whose they are.
  let badges: [String: ClientID]

  func isPresented(in request: ClientAuthenticationRequest) -> Bool {
    request.parameters.has(.badge)
  }

  func claims(in request: ClientAuthenticationRequest) throws(OAuthError) -> [ClientClaim] {
    guard let clientID = request.parameters.bytes(.clientID), let badge = request.parameters[.badge] else {
      throw OAuthError(.invalidClient, .credentialsMissing)
    }
    let owner = badges[badge]
    return [
      ClientClaim(clientID: ClientID(bytes: clientID)) { client, _ in
        owner == client.client.id ? .holds() : .fails("the badge is not the client's")
      }
    ]
  }
}

extension ClientAuthenticationMethod {
  static let badge = ClientAuthenticationMethod("badge")
}

extension ParameterName {
  static let badge = ParameterName("badge")
}
