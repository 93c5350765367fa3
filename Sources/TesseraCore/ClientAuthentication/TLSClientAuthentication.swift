import TesseraJOSE

/// `tls_client_auth` and `self_signed_tls_client_auth` (RFC 8705 §2): the certificate that the client shows in TLS, for a
/// client that says its ID in the form.
///
/// Which of the two it is says the registration of the client.
package struct TLSClientAuthentication: ClientAuthenticator {
  package let parameters: [ParameterName] = [.clientID]
  private let authorities: (any CertificateAuthorities)?
  private let judgement = OneTimeStep<CertificateJudgement>()

  /// Without authorities no certificate counts but those that are registered.
  package init(authorities: (any CertificateAuthorities)?) {
    self.authorities = authorities
  }

  package var method: ClientAuthenticationMethod {
    authorities == nil ? .selfSignedTLSClientAuth : .tlsClientAuth
  }

  package var methods: [ClientAuthenticationMethod] {
    authorities == nil ? [.selfSignedTLSClientAuth] : [.tlsClientAuth, .selfSignedTLSClientAuth]
  }

  /// A certificate that is shown along with other credentials is there for what tokens are bound to (RFC 8705 §3).
  package var yieldsToOthers: Bool { true }

  package func method(of client: CachedClient) -> ClientAuthenticationMethod {
    let client = client.client
    return switch client.authenticationMethod {
    case .tlsClientAuth: .tlsClientAuth
    case .selfSignedTLSClientAuth: .selfSignedTLSClientAuth
    default: client.keyMetadata.certificateSubject == nil ? .selfSignedTLSClientAuth : .tlsClientAuth
    }
  }

  package func isPresented(in request: ClientAuthenticationRequest) -> Bool {
    request.request.origin.clientCertificate != nil && request.parameters.has(.clientID)
  }

  package func claims(in request: ClientAuthenticationRequest) throws(OAuthError) -> [ClientClaim] {
    guard let certificate = request.request.origin.clientCertificate,
      let clientID = request.parameters.bytes(.clientID)
    else { throw OAuthError(.invalidClient, .credentialsMissing) }
    return [
      ClientClaim(clientID: ClientID(bytes: clientID)) { client, exchange throws(Interruption) in
        // For every client, so that it takes as long for one that there is not.
        let judgement = try judge(certificate, &exchange)
        let registration = client.client
        return switch method(of: client) {
        case .tlsClientAuth: proof(by: judgement, of: registration, at: exchange.time)
        default: proof(by: certificate, of: registration)
        }
      }
    ]
  }

  private func judge(
    _ certificate: ClientCertificate,
    _ exchange: inout Exchange
  ) throws(Interruption) -> CertificateJudgement {
    guard let authorities else { return .refused("http.tls.client-authorities is not set") }
    let now = exchange.time
    if let known = authorities.known(certificate, at: now) { return known }
    return try exchange.once(judgement, awaiting: .certificate) { () async throws(OAuthError) in
      await authorities.judge(certificate, at: now)
    }
  }

  /// RFC 8705 §2.1: an authority says whose the certificate is.
  private func proof(
    by judgement: CertificateJudgement,
    of client: Client,
    at now: Timestamp
  ) -> Proof {
    switch judgement {
    case .refused(let reason): return .fails(reason)
    case .accepted(let names, let validity):
      guard now >= validity.lowerBound else { return .fails("the certificate is not valid yet") }
      guard let subject = client.keyMetadata.certificateSubject else {
        return .fails("no subject of a certificate is registered for the client")
      }
      guard subject.isIn(names) else { return .fails("the certificate names somebody else") }
      return .holds(until: validity.upperBound)
    }
  }

  /// RFC 8705 §2.2: the certificate itself is registered, and it does not matter who signed it, or when it ends: the
  /// registration has an end of its own.
  private func proof(by certificate: ClientCertificate, of client: Client) -> Proof {
    for key in client.keyMetadata.keys {
      guard case .certificate(let registered) = key.material, registered == certificate.leaf else { continue }
      return .holds(until: key.expiresAt, by: key.name)
    }
    return .fails("the certificate is not one of those that are registered for the client")
  }
}
