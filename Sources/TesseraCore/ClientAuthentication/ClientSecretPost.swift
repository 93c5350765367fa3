/// `client_secret_post`: ID and secret in the form (RFC 6749 §2.3.1).
package struct ClientSecretPost: ClientAuthenticator {
  package let method = ClientAuthenticationMethod.clientSecretPost
  package let parameters: [ParameterName] = [.clientID, .clientSecret]
  private let verifier: ClientSecretVerifier

  package init(verifier: ClientSecretVerifier) {
    self.verifier = verifier
  }

  package func isPresented(in request: ClientAuthenticationRequest) -> Bool {
    request.parameters.has(.clientSecret)
  }

  package func claims(in request: ClientAuthenticationRequest) throws(OAuthError) -> [ClientClaim] {
    guard let clientID = request.parameters.bytes(.clientID),
      let secret = request.parameters.bytes(.clientSecret)
    else { throw OAuthError(.invalidClient, .credentialsMissing) }
    return [verifier.claim(clientID, secret: secret)]
  }
}
