import TesseraSupport

/// Makes client assertions with the key that there is (RFC 7523 §3).
struct AssertionMaker: Sendable {
  let key: PrivateKeyReader
  let clientID: String
  /// The issuer of the token service or the URL of its token endpoint.
  let audience: String
  let wallClock: WallClock

  /// A new assertion.
  func proof() throws(TokenRequestError) -> ClientProof {
    let reading = try key.current()
    let key = reading.key
    let signer = JWTSigner(key.key, algorithm: key.algorithm.rawValue, keyID: key.keyID)
    guard
      let assertion = ClientAssertion(by: clientID, for: audience, signer).make(at: wallClock.now)
    else { throw .cannotSign }
    return ClientProof(assertion: assertion, .jwtBearer, clientID: clientID, reading.version)
  }
}

extension TokenRequestError {
  static var cannotSign: TokenRequestError {
    TokenRequestError(.credentialsUnavailable, message: "the private key cannot sign")
  }
}
