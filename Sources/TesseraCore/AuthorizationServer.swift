package import TesseraSupport

/// The OAuth server without a network: its endpoints and what they share.
package struct AuthorizationServer: Sendable {
  /// What an authorization server is made of.
  package struct Settings: Sendable {
    /// The issuer identifier (RFC 8414 §2), a URL.
    package var issuer: String
    /// Where the token endpoint of the documented contract is; nil when there is none.
    package var contractPath: String?
    /// Where the token endpoint of RFC 6749 is; nil when there is none.
    package var rfc6749Path: String?
    /// How long tokens live.
    var tokenLifetime = TokenLifetime()
    /// How failures are slowed down.
    package var failureLimit: FailureLimiter.Settings
    /// Whether every client's assertions have to be for the issuer itself, and short-lived.
    package var requiresStrictAssertions: Bool
    /// How fast one client may revoke tokens.
    package var revocationAllowance: RevocationAllowance.Settings
    /// The gateways that may ask the verify endpoint; nil for anybody.
    package var verifyPeers: [AddressRange]?
    /// The APIs that may ask the revocation feed; nil for anybody.
    package var revocationFeedPeers: [AddressRange]?
    /// The profile that every client is held to; nil for none.
    package var profile: SecurityProfile?
    /// Whether DPoP proofs in token requests have to have a nonce of this server in them (RFC 9449 §8).
    package var requiresProofNonce: Bool
    /// How long the key set and the metadata may be kept, in seconds.
    var keySetLifetime = KeyRotation.Settings().keySetLifetime
    /// A page about this server for people, a URL; nil for none.
    package var documentation: String?
    /// The origins of web pages that may ask the token endpoints from a browser.
    package var webOrigins: [String]

    /// What is taken of client certificates; nil when none can be shown.
    package var clientCertificates: ClientCertificateUse?

    package init(
      issuer: String,
      contractPath: String? = "/oauth/token",
      rfc6749Path: String? = "/oauth2/token",
      failureLimit: FailureLimiter.Settings = FailureLimiter.Settings(),
      requiresStrictAssertions: Bool = false,
      profile: SecurityProfile? = nil,
      revocationAllowance: RevocationAllowance.Settings = RevocationAllowance.Settings(),
      verifyPeers: [AddressRange]? = nil,
      revocationFeedPeers: [AddressRange]? = nil,
      documentation: String? = nil,
      webOrigins: [String] = [],
      requiresProofNonce: Bool = false,
      clientCertificates: ClientCertificateUse? = nil
    ) {
      self.issuer = issuer
      self.contractPath = contractPath
      self.rfc6749Path = rfc6749Path
      self.failureLimit = failureLimit
      self.requiresStrictAssertions = requiresStrictAssertions
      self.profile = profile
      self.revocationAllowance = revocationAllowance
      self.verifyPeers = verifyPeers
      self.revocationFeedPeers = revocationFeedPeers
      self.documentation = documentation
      self.webOrigins = webOrigins
      self.requiresProofNonce = requiresProofNonce
      self.clientCertificates = clientCertificates
    }
  }

  /// Every endpoint of the public listener.
  package let endpoints: [any Endpoint]
  /// The endpoints by the paths that they are at.
  package let routes: [String: any Endpoint]

  package init(endpoints: [any Endpoint], issuer: IssuerIdentifier) throws(PathCollision) {
    self.endpoints = endpoints
    var routes: [String: any Endpoint] = [:]
    for endpoint in endpoints {
      for path in Set(endpoint.paths(for: issuer)) {
        if routes.updateValue(endpoint, forKey: path) != nil { throw PathCollision(path: path) }
      }
    }
    self.routes = routes
  }
}

/// Two endpoints at one path, where one of them would never be asked.
package struct PathCollision: Error, CustomStringConvertible {
  /// The path.
  package let path: String

  package var description: String {
    "two endpoints are at \(path), where only one can be: give one of them another path"
  }
}
