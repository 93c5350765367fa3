import Logging
import TesseraCore

extension ServerConfiguration.HTTP {
  /// Whether our own TLS asks clients for a certificate.
  var asksForClientCertificates: Bool {
    tls.isOn && (clientCertificates.areAskedFor || !clientCertificates.authorities.isEmpty)
  }

  /// Whether a client can show a certificate.
  var takesClientCertificates: Bool { asksForClientCertificates || certificateHeader != nil }

  /// Where a proxy passes them on; nil when none does.
  private var certificateHeader: CertificateHeader? { CertificateHeader(rawValue: clientCertificates.header) }

  /// The rules for what proxies say.
  var proxies: TrustedProxies {
    isBehindTLSProxy
      ? TrustedProxies(trustedProxies, hops: proxyHops, certificateHeader: certificateHeader) : .none
  }
}

extension ServerConfiguration {
  /// What the authorization server takes of client certificates; nil for nothing.
  func clientCertificates(
    _ authorities: ClientAuthorityService?
  ) -> ClientCertificateUse? {
    guard http.takesClientCertificates else { return nil }
    let baseURL = http.clientCertificates.baseURL
    return ClientCertificateUse(
      authorities: authorities?.authorities,
      baseURL: baseURL.isEmpty ? nil : baseURL
    )
  }

  /// Those who sign the certificates of clients; nil where none are trusted.
  ///
  /// Throws when a file cannot be used now.
  func clientAuthorities(_ logger: Logger) throws(ConfigurationError) -> ClientAuthorityService? {
    let settings = http.clientCertificates
    guard !settings.authorities.isEmpty else { return nil }
    do throws(ClientAuthorityService.Failure) {
      return try ClientAuthorityService(
        authorities: settings.authorities,
        revocations: settings.revocations.isEmpty ? nil : settings.revocations,
        logger: logger
      )
    } catch {
      let (name, path) =
        switch error.source {
        case .authorities: ("http.tls.client-authorities", settings.authorities)
        case .revocations: ("http.tls.client-revocations", settings.revocations)
        }
      let origin = origins[name] ?? .default
      throw ConfigurationError("\(name) (from \(origin)): \(path.printable) \(error.problem)", origin: origin)
    }
  }
}
