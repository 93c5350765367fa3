package import TesseraJOSE

/// An API that the server makes tokens for: a protected resource (RFC 8707 §2).
package struct ResourceDefinition: Sendable, Equatable {
  /// Its identifier, which is the audience of its tokens.
  package let resource: Resource
  /// A description for people.
  package var description: String
  /// The only format of tokens that it takes; nil for that of the client.
  package var tokenFormat: TokenFormat?
  /// The algorithm that JWTs for it are signed by; nil for the server's, ES256.
  package var signingAlgorithm: SigningAlgorithm?
  /// The type that JWTs for it say they are of.
  package var jwtType: JWTType
  /// How often it was changed, and 1: what an edit says it is based on.
  package var version: Int
  /// When it was created.
  package let createdAt: Timestamp
  /// Since when there are no new tokens for it; nil while there are.
  package var retiredAt: Timestamp?

  package init(
    resource: Resource,
    description: String,
    tokenFormat: TokenFormat? = nil,
    signingAlgorithm: SigningAlgorithm? = nil,
    jwtType: JWTType = .accessToken,
    version: Int = 1,
    createdAt: Timestamp,
    retiredAt: Timestamp? = nil
  ) {
    self.resource = resource
    self.description = description
    self.tokenFormat = tokenFormat
    self.signingAlgorithm = signingAlgorithm
    self.jwtType = jwtType
    self.version = version
    self.createdAt = createdAt
    self.retiredAt = retiredAt
  }

  /// The same with an identifier in memory of its own.
  func unshared() -> ResourceDefinition {
    ResourceDefinition(
      resource: resource.unshared,
      description: description,
      tokenFormat: tokenFormat,
      signingAlgorithm: signingAlgorithm,
      jwtType: jwtType,
      version: version,
      createdAt: createdAt,
      retiredAt: retiredAt
    )
  }
}
