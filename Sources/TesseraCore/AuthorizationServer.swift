/// The OAuth server without a network: its endpoints and what they share.
package struct AuthorizationServer: Sendable {
  /// What an authorization server is made of.
  package struct Settings: Sendable {
    /// The issuer identifier (RFC 8414 §2), a URL.
    package var issuer: String
    /// How long tokens live.
    package var tokenLifetime: TokenLifetime
    /// How failures are slowed down.
    package var failureLimit: FailureLimiter.Settings
    /// The gateways that may ask the verify endpoint; nil for anybody.
    package var verifyPeers: [AddressRange]?

    package init(
      issuer: String,
      tokenLifetime: TokenLifetime = TokenLifetime(),
      failureLimit: FailureLimiter.Settings = FailureLimiter.Settings(),
      verifyPeers: [AddressRange]? = nil
    ) {
      self.issuer = issuer
      self.tokenLifetime = tokenLifetime
      self.failureLimit = failureLimit
      self.verifyPeers = verifyPeers
    }
  }

  /// Every endpoint of the public listener.
  package let endpoints: [any Endpoint]

  package init(endpoints: [any Endpoint]) {
    self.endpoints = endpoints
  }
}
