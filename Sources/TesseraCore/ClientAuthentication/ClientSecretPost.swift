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

  package func authenticate(_ request: ClientAuthenticationRequest) throws(Interruption) -> CachedClient {
    guard let clientID = request.parameters.bytes(.clientID),
      let secret = request.parameters.bytes(.clientSecret)
    else {
      throw .refused(OAuthError(.invalidClient, .credentialsMissing))
    }
    return try verifier.client(
      presenting: [PresentedSecret(clientID: clientID, secret: secret)],
      by: method,
      from: request.source
    )
  }
}
