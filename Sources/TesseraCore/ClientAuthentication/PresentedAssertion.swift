package import TesseraJOSE

/// What a request presents as an assertion of who its client is (RFC 7521 §4.2), read once.
package struct PresentedAssertion: Sendable {
  /// The type of a JWT that the client itself, or somebody whom it trusts, has signed (RFC 7523 §2.2).
  package static let jwtBearer: StaticString = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  /// The type of a JWT-SVID (draft-ietf-oauth-spiffe-client-auth).
  package static let jwtSPIFFE: StaticString = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe"

  /// The parameters that it takes.
  package static let parameters: [ParameterName] = [.clientID, .clientAssertion, .clientAssertionType]

  /// What it is, as the request says; nil when it does not.
  package let type: ArraySlice<UInt8>?
  /// What was presented; nil for nothing, and for what is no such JWT.
  package let jwt: AssertionJWT?

  /// Nil for a request that presents none.
  init?(_ parameters: FormParameters) {
    guard parameters.has(.clientAssertion) || parameters.has(.clientAssertionType) else { return nil }
    let type = parameters.bytes(.clientAssertionType)
    let types =
      type.map { PresentedAssertion.jwtSPIFFE == $0 } ?? false
      ? AssertionJWT.typesOfSVIDs : AssertionJWT.usualTypes
    self.type = type
    jwt = parameters.bytes(.clientAssertion).flatMap { AssertionJWT($0, types: types) }
  }

  /// The JWT in which a client speaks for itself, and its ID (RFC 7523 §3).
  ///
  /// Throws what is wrong with it, for the log.
  func own() throws(UnfitAssertion) -> (jwt: AssertionJWT, clientID: ClientID?) {
    guard isOf(PresentedAssertion.jwtBearer) else {
      throw UnfitAssertion(reason: "client_assertion_type is missing or unknown")
    }
    guard let jwt else { throw UnfitAssertion(reason: "client_assertion is no JWT that is taken") }
    guard let subject = jwt.claims.text("sub"), jwt.claims.has("iss", subject) else {
      throw UnfitAssertion(reason: "iss and sub of the assertion are not the client's ID")
    }
    return (jwt, ClientID(subject))
  }

  /// Whether it is authenticated by a secret, by its algorithm.
  var isBySecret: Bool { if case .bySecret? = jwt?.signature { true } else { false } }

  /// Whether it says that it is of this type, to the letter.
  package func isOf(_ type: StaticString) -> Bool { self.type.map { type == $0 } ?? false }

  /// Whether somebody else than the client has signed it, as it says: a platform that the client may trust.
  var isByAnotherIssuer: Bool {
    if isOf(PresentedAssertion.jwtSPIFFE) { return true }
    guard isOf(PresentedAssertion.jwtBearer), let jwt, case .byKey = jwt.signature,
      let issuer = jwt.claims.text("iss")
    else { return false }
    return !jwt.claims.has("sub", issuer)
  }
}

/// That an assertion is none by which a client authenticates.
struct UnfitAssertion: Error {
  let reason: String
}
