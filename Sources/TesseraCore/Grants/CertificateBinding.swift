/// Binds the tokens of clients that are registered for it to the certificate that they show (RFC 8705 §3).
///
/// Others get tokens as before, whatever certificate they show: what their APIs see of it, nobody knows.
package struct CertificateBinding: TokenBinding {
  package init() {}

  package func confirmation(
    for client: AuthenticatedClient,
    _ exchange: inout Exchange
  ) throws(Interruption) -> Confirmation? {
    guard client.cached.rules.isCertificateBound else { return nil }
    guard let certificate = exchange.request.origin.clientCertificate else {
      throw .refused(
        OAuthError(
          .invalidRequest,
          .certificateMissing,
          privateDetail: "the tokens of the client are bound to its certificate, and it showed none"
        )
      )
    }
    return .certificate(thumbprint: certificate.thumbprint)
  }
}
