import TesseraJOSE

/// A JWT by which a platform says who a client is, since the client trusts it (RFC 7521 §4.2, RFC 7523 §2.2): the token of
/// a Kubernetes service account, of a job, of a SPIFFE workload.
///
/// Its `sub` is what the platform calls the client, not the client's ID, so the form has to have `client_id`.
package struct TrustedIssuerJWT: ClientAuthenticator {
  /// As for an assertion of the client's own: a private key has signed it, and whose, the registration says.
  package let method = ClientAuthenticationMethod.privateKeyJWT
  package let parameters = PresentedAssertion.parameters
  private let publishedKeys: any PublishedKeys
  private let profile: SecurityProfile?
  private let use: SingleUse

  /// `publishedKeys` has the keys of issuers, and `profile` is that of the server.
  package init(publishedKeys: any PublishedKeys, profile: SecurityProfile?, replica: ReplicaReader) {
    self.publishedKeys = publishedKeys
    self.profile = profile
    use = SingleUse(replica: replica)
  }

  package func isPresented(in request: ClientAuthenticationRequest) -> Bool {
    request.assertion?.isByAnotherIssuer ?? false
  }

  package func claims(in request: ClientAuthenticationRequest) throws(OAuthError) -> [ClientClaim] {
    guard let assertion = request.assertion, let jwt = assertion.jwt, case .byKey(let jws) = jwt.signature
    else { throw refusal(privateDetail: "client_assertion is no JWT that a private key has signed") }
    guard let subject = jwt.claims.text("sub") else {
      throw refusal(privateDetail: "sub of the assertion is missing")
    }
    let isSVID = assertion.isOf(PresentedAssertion.jwtSPIFFE)
    guard !isSVID || SPIFFEID(subject) != nil else {
      throw refusal(privateDetail: "sub of the assertion is no SPIFFE ID")
    }
    guard let id = request.parameters.bytes(.clientID) else {
      throw refusal(
        privateDetail:
          "client_id is missing: it has to say which client it is, since iss and sub of the assertion are not the "
          + "client's ID"
      )
    }
    return [
      ClientClaim(clientID: ClientID(bytes: id)) { client, exchange throws(Interruption) in
        try proof(jws, jwt.claims, isSVID: isSVID, of: client, &exchange)
      }
    ]
  }

  package func refusal(privateDetail: String) -> OAuthError {
    var refusal = OAuthError(.invalidClient, .clientAuthenticationFailed, privateDetail: privateDetail)
    refusal.isOfPlatformToken = true
    return refusal
  }

  /// One signature is verified also where nothing that the client trusts comes into question: it shows to nobody whom a
  /// client trusts, and for what.
  private func proof(
    _ jws: JWS,
    _ claims: [String: JSON],
    isSVID: Bool,
    of client: CachedClient,
    _ exchange: inout Exchange
  ) throws(Interruption) -> Proof {
    if let proof = try use.proof(in: exchange) { return proof }
    // FAPI 2.0 has only assertions that clients sign themselves (§5.3.2.1).
    let isHeldToProfile = client.client.profile(on: profile) != nil
    var reasons: [String] = []
    var isVerified = false
    for (trust, given) in isHeldToProfile ? [] : client.trusts
    where trust.isOfIssuer(of: claims, isSVID: isSVID) {
      if let objection = trust.objection(to: claims, at: exchange.time) {
        reasons.append("by the trust '\(trust.name)': \(objection)")
        continue
      }
      isVerified = true
      guard try isSigned(jws, by: trust, given) else {
        reasons.append("by the trust '\(trust.name)': the signature is of no key of the issuer")
        continue
      }
      let proof = Proof.holds(by: trust.name)
      if trust.isReusable { return proof }
      return try use.proof(
        proof,
        ofFirstUseOf: claims,
        from: trust.issuer,
        by: client.client.id,
        &exchange
      )
    }
    if !isVerified { VerificationKeys.verifyInVain(jws) }
    if isHeldToProfile { return .fails("the profile has no tokens of platforms") }
    return .fails(
      reasons.isEmpty ? "no trust of the client is for this issuer" : reasons.joined(separator: "; ")
    )
  }

  private func isSigned(
    _ jws: JWS,
    by trust: ClientTrust,
    _ given: VerificationKeys?
  ) throws(Interruption) -> Bool {
    let keys =
      if let location = trust.location {
        try publishedKeys.keys(at: location, having: jws.keyID)
      } else {
        given
      }
    guard let keys else { return false }
    if case .verified = keys.signer(of: jws) { return true }
    return false
  }
}

extension ClientTrust {
  /// Where its keys are to be fetched; nil for those that are given.
  fileprivate var location: KeySetLocation? {
    switch keys {
    case .given: nil
    case .published(let url): preset == .spiffe ? .bundle(url) : .url(url)
    case .discovered: .issuer(issuer)
    }
  }

  /// Whether a token says that it is of this issuer.
  ///
  /// A JWT-SVID need not have `iss`: of whose trust domain it is, its `sub` says (SPIFFE JWT-SVID §3.1).
  fileprivate func isOfIssuer(of claims: [String: JSON], isSVID: Bool) -> Bool {
    if claims.has("iss", issuer) { return true }
    guard isSVID, let subject = claims["sub"]?.text.flatMap(SPIFFEID.init) else { return false }
    return issuer.utf8.elementsEqual(subject.trustDomain.utf8)
  }

  /// Why a token with these claims is not what is asked, for the log; nil when it is.
  fileprivate func objection(to claims: [String: JSON], at now: Timestamp) -> String? {
    if let failed = conditions.first(where: { !$0.holds(for: claims) }) {
      return "the claim '\(failed.claim)' is not '\(failed.pattern)'"
    }
    return AssertionRules(
      audiences: audiences,
      longestLifetime: longestLifetime,
      takesSeveralAudiences: true
    ).objection(to: claims, at: now)
  }
}
