package import TesseraJOSE

/// How an access token carries its facts.
package protocol AccessTokenFormat: Sendable {
  /// The format that it is.
  var format: TokenFormat { get }

  /// The token for this grant, and what it grants to the letter: a format may round times.
  ///
  /// `signature` is what the APIs want of one.
  func encode(
    _ grant: AccessGrant,
    for holder: borrowing TokenHolder,
    _ signature: SignatureChoice,
    with keyRing: KeyRing
  ) throws(OAuthError) -> IssuedToken

  /// What a token says; nil unless one of these keys made exactly this text for this issuer.
  ///
  /// It does not say whether the token is still valid.
  func open(_ text: Substring.UTF8View, with keyRing: KeyRing) -> OpenedToken?
}

/// What the APIs of a token want of its signature.
package struct SignatureChoice: Sendable {
  /// What to sign by; nil for the server's.
  var algorithm: SigningAlgorithm?
  /// What the header says that it is.
  var type = JWTType.accessToken

  /// What the server signs by, as RFC 9068 has it.
  package init() {}
}

/// A token and what it grants.
package struct IssuedToken: Sendable {
  /// The token itself.
  ///
  /// ASCII; it goes to the client and nowhere else.
  package let text: [UInt8]
  /// What it grants.
  package let grant: AccessGrant
}

/// What was in a token of ours.
package struct OpenedToken: Sendable, Equatable {
  /// The token's ID.
  package let id: TokenID
  /// The key that made it.
  package let keyNumber: UInt16
  /// What it grants.
  package let grant: AccessGrant
}

extension Revocation {
  /// The revocation of this token.
  package init(of token: OpenedToken) {
    self.init(
      token: token.id,
      clientID: token.grant.clientID,
      issuedAt: token.grant.issuedAt,
      expiresAt: token.grant.expiresAt
    )
  }
}
