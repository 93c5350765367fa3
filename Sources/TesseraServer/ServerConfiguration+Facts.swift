package import TesseraCore

extension ServerConfiguration {
  /// What operators need to know of a server with this configuration.
  package func facts(of issuer: String) -> ServerFacts {
    ServerFacts(
      issuer: issuer,
      version: Version.current,
      tokenEndpointPath: tokenEndpoint.path,
      scopeSeparator: tokenEndpoint.scopeSeparator,
      lifetime: token,
      keys: keys
    )
  }
}
