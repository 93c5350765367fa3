/// `client_secret_basic`: ID and secret in an HTTP Basic header (RFC 6749 §2.3.1).
package struct ClientSecretBasic: ClientAuthenticator {
  package let method = ClientAuthenticationMethod.clientSecretBasic
  package let parameters: [ParameterName] = []
  private let verifier: ClientSecretVerifier

  package init(verifier: ClientSecretVerifier) {
    self.verifier = verifier
  }

  /// Any Authorization header is an attempt to authenticate here, so that one with another scheme fails
  /// with the challenge that tells what would do (RFC 6749 §5.2).
  package func isPresented(in request: ClientAuthenticationRequest) -> Bool {
    !request.authorization.isEmpty
  }

  package func claims(in request: ClientAuthenticationRequest) throws(OAuthError) -> [ClientClaim] {
    guard let header = request.authorization.first, let credentials = BasicCredentials(authorization: header)
    else { throw refusal(privateDetail: "the Authorization header is not valid Basic") }
    return credentials.readings.map {
      verifier.claim(ArraySlice($0.clientID.utf8), secret: ArraySlice($0.secret.utf8))
    }
  }

  package func refusal(privateDetail: String) -> OAuthError {
    .failedBasicAuthentication(privateDetail: privateDetail)
  }
}
