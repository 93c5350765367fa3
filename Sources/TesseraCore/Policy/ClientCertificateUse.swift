/// What is taken of client certificates (RFC 8705).
package struct ClientCertificateUse: Sendable {
  /// Who is trusted to say whose they are; nil when only those count that are registered.
  package var authorities: (any CertificateAuthorities)?
  /// Where the endpoints are for clients that show one, a URL without a path; nil for where they are for all.
  package var baseURL: String?

  package init(authorities: (any CertificateAuthorities)? = nil, baseURL: String? = nil) {
    self.authorities = authorities
    self.baseURL = baseURL
  }
}
