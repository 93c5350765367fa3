import TesseraJOSE

/// `private_key_jwt`: a JWT that the client signs by a private key (RFC 7523 §2.2).
package struct PrivateKeyJWT: ClientAuthenticator {
  package let method = ClientAuthenticationMethod.privateKeyJWT
  package let parameters = PresentedAssertion.parameters
  package let signingAlgorithms = SigningAlgorithm.all.map(\.name)
  private let audience: AssertionAudience
  private let publishedKeys: any PublishedKeys
  private let use: SingleUse

  /// `audience` is whom assertions are for, and `publishedKeys` has the keys of clients that register only where they are.
  package init(audience: AssertionAudience, publishedKeys: any PublishedKeys, replica: Replica) {
    self.audience = audience
    self.publishedKeys = publishedKeys
    use = SingleUse(replica: replica)
  }

  /// Also where it is no JWT at all, which is refused here.
  package func isPresented(in request: ClientAuthenticationRequest) -> Bool {
    request.assertion != nil
  }

  package func claims(in request: ClientAuthenticationRequest) throws(OAuthError) -> [ClientClaim] {
    guard let assertion = request.assertion, assertion.isOf(PresentedAssertion.jwtBearer) else {
      throw refusal(privateDetail: "client_assertion_type is missing or unknown")
    }
    guard let jwt = assertion.jwt, case .byKey(let jws) = jwt.signature else {
      throw refusal(privateDetail: "client_assertion is no JWT that a private key has signed")
    }
    guard let subject = jwt.claims.text("sub"), jwt.claims.has("iss", subject) else {
      throw refusal(privateDetail: "iss and sub of the assertion are not the client's ID")
    }
    return [
      ClientClaim(clientID: ClientID(subject)) { client, exchange throws(Interruption) in
        try proof(jws, jwt.claims, of: client, &exchange)
      }
    ]
  }

  /// What costs most comes in the middle, and what is written last; a client that does not exist takes the same way.
  private func proof(
    _ jws: JWS,
    _ claims: [String: JSON],
    of client: CachedClient,
    _ exchange: inout Exchange
  ) throws(Interruption) -> Proof {
    if let proof = try use.proof(in: exchange) { return proof }
    if let objection = audience.rules.objection(to: claims, at: exchange.time) { return .fails(objection) }
    let proof = try proof(jws, of: client)
    guard case .holds = proof.outcome else { return proof }
    if client.client.keyMetadata.requiresStrictAssertions,
      let objection = audience.strictRules.objection(to: claims, at: exchange.time)
    {
      return .fails(objection, until: proof.expiresAt)
    }
    let id = client.client.id
    return try use.proof(proof, ofFirstUseOf: claims, from: id.rawValue, by: id, &exchange)
  }

  /// Whether it is signed by a key of the client, one that is registered or one that it publishes.
  private func proof(_ jws: JWS, of client: CachedClient) throws(Interruption) -> Proof {
    let match = client.signatureKeys.signer(of: jws)
    if case .verified(let key) = match { return .holds(until: key.expiresAt, by: key.name) }
    if let url = client.client.keyMetadata.keySetURL {
      guard let keys = try publishedKeys.keys(at: url, having: jws.keyID) else {
        return .fails("the keys that the client publishes cannot be had")
      }
      if case .verified = keys.signer(of: jws) { return .holds() }
    }
    if case .unknownKey = match { return .fails("the assertion is signed by an unknown key") }
    return .fails("the signature of the assertion is wrong")
  }
}
