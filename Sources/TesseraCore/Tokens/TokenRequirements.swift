import TesseraJOSE

/// What an API wants of the tokens that it takes; or what several want of one that they share.
struct TokenRequirements: Sendable {
  /// Nil for any.
  private(set) var format: TokenFormat?
  /// What JWTs are signed by; nil for the server's algorithm.
  private(set) var algorithm: SigningAlgorithm?
  /// What the header of a JWT says that it is.
  let type: JWTType
  /// Whether they can share a JWT.
  private(set) var allowJWT = true

  init(_ resource: ResourceDefinition) {
    format = resource.tokenFormat
    algorithm = resource.signingAlgorithm
    type = resource.jwtType
  }

  /// Wants what another API wants, too; throws where one wants opaque tokens, and the other JWTs.
  mutating func add(_ other: TokenRequirements) throws(OAuthError) {
    guard format == nil || other.format == nil || format == other.format else {
      throw TokenRequirements.conflict
    }
    format = format ?? other.format
    if type != other.type { allowJWT = false }
    if let algorithm, let wanted = other.algorithm, algorithm != wanted { allowJWT = false }
    algorithm = algorithm ?? other.algorithm
  }

  /// APIs with different requirements cannot share a token.
  static var conflict: OAuthError { OAuthError(.invalidTarget, .resourcesDoNotShareTokens) }
}
