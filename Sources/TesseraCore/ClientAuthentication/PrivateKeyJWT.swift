import TesseraJOSE

/// `private_key_jwt`: a JWT that the client signs by a private key (RFC 7523 §2.2).
package struct PrivateKeyJWT: ClientAuthenticator {
  package let method = ClientAuthenticationMethod.privateKeyJWT
  package let parameters = PresentedAssertion.parameters
  package let signingAlgorithms: [String]
  private let check: AssertionCheck
  private let publishedKeys: any PublishedKeys

  /// `audience` is whom assertions are for, and `publishedKeys` has the keys of clients that register only where they are.
  package init(audience: AssertionAudience, publishedKeys: any PublishedKeys, replica: ReplicaReader) {
    signingAlgorithms = SigningAlgorithm.all.filter { audience.rules.allows($0) }.map(\.name)
    check = AssertionCheck(audience: audience, replica: replica)
    self.publishedKeys = publishedKeys
  }

  /// Also where it is no JWT at all, which is refused here.
  package func isPresented(in request: ClientAuthenticationRequest) -> Bool {
    request.assertion.map { !$0.isBySecret && !$0.isByAnotherIssuer } ?? false
  }

  package func claims(in request: ClientAuthenticationRequest) throws(OAuthError) -> [ClientClaim] {
    let own: (jwt: AssertionJWT, clientID: ClientID?)?
    do throws(UnfitAssertion) {
      own = try request.assertion?.own()
    } catch {
      throw refusal(privateDetail: error.reason)
    }
    guard let own, case .byKey(let jws) = own.jwt.signature else {
      throw refusal(privateDetail: "client_assertion is not signed by a private key")
    }
    return [
      ClientClaim(clientID: own.clientID) { client, exchange throws(Interruption) in
        try check.proof(own.jwt.claims, signedBy: jws.algorithm, of: client, &exchange) {
          _ throws(Interruption) in
          try proof(jws, of: client)
        }
      }
    ]
  }

  /// Whether it is signed by a key of the client, one that is registered or one that it publishes.
  private func proof(_ jws: JWS, of client: CachedClient) throws(Interruption) -> Proof {
    let match = client.signatureKeys.signer(of: jws)
    if case .verified(let key) = match { return .holds(until: key.expiresAt, by: key.name) }
    if let url = client.client.keyMetadata.keySetURL {
      guard let keys = try publishedKeys.keys(at: .url(url), having: jws.keyID) else {
        return .fails("the keys that the client publishes cannot be had")
      }
      if case .verified = keys.signer(of: jws) { return .holds() }
    }
    if case .unknownKey = match { return .fails("the assertion is signed by an unknown key") }
    return .fails("the signature of the assertion is wrong")
  }
}
