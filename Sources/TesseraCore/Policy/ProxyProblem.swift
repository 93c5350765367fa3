/// Why nobody vouches for a request behind a TLS proxy.
///
/// Nearly always it is a setting, of the proxy's or of ours, so each says to operators what to set.
package enum ProxyProblem: Error, Sendable, Equatable {
  /// The request does not come from a proxy of ours.
  case notAProxy(SourceAddress)
  /// The proxy does not say whether its caller used TLS.
  case protocolMissing
  /// It says that its caller did not.
  case notOverTLS
  /// The proxy does not say who its caller is.
  case addressMissing
  /// It says something else than an address, such as `unknown`.
  case addressUnreadable
  /// There is a proxy more than there should be, or a caller at a proxy's address that sends a chain of its own.
  case anotherProxy(SourceAddress)
  /// There are fewer proxies than there should be.
  case proxySkipped(SourceAddress)
  /// There is more in the header field of the certificate than that of one caller.
  case severalCertificates(CertificateHeader)
  /// There is something else in it.
  case certificateUnreadable(CertificateHeader)

  /// What the caller gets: TLS is required (RFC 6749 §3.2), or nothing that it could mend.
  package var refusal: OAuthError {
    switch self {
    case .notAProxy, .protocolMissing, .notOverTLS:
      OAuthError(.invalidRequest, .tlsRequired, privateDetail: detail)
    case .addressMissing, .addressUnreadable, .anotherProxy, .proxySkipped:
      OAuthError(.invalidRequest, .callerNotNamed, privateDetail: detail)
    case .severalCertificates, .certificateUnreadable:
      OAuthError(.invalidRequest, .certificateUnreadable, privateDetail: detail)
    }
  }

  /// What went wrong, for the line of one request.
  package var detail: String {
    switch self {
    case .notAProxy(let peer): "\(peer) is not one of http.trusted-proxies"
    case .protocolMissing: "X-Forwarded-Proto is missing"
    case .notOverTLS: "X-Forwarded-Proto says that TLS was not used"
    case .addressMissing: "X-Forwarded-For is missing"
    case .addressUnreadable: "X-Forwarded-For does not end with an address"
    case .anotherProxy(let address): "\(address) in X-Forwarded-For is a proxy more than http.proxy-hops"
    case .proxySkipped(let address): "X-Forwarded-For ends at the proxy \(address), before http.proxy-hops"
    case .severalCertificates(let header): "there is more than one certificate in \(header.rawValue)"
    case .certificateUnreadable(let header):
      "\(header.rawValue) holds something else than a certificate as it is written there, or one that is too large"
    }
  }

  /// What to set, for the line that stands for many requests.
  package var advice: String {
    switch self {
    case .notAProxy:
      "requests that do not come from http.trusted-proxies are refused: add the proxy's address if it is one"
    case .protocolMissing:
      "requests without X-Forwarded-Proto are refused: let the proxy set it, to https for callers that use TLS"
    case .notOverTLS:
      "requests that were not made over TLS are refused: let the proxy redirect or refuse plain HTTP"
    case .addressMissing:
      "requests without X-Forwarded-For are refused: let the proxy set it to the caller's address, or append that"
    case .addressUnreadable:
      "requests whose X-Forwarded-For does not end with an address are refused: let the proxy set it to the "
        + "caller's, or append that"
    case .anotherProxy:
      "requests that came through more proxies than http.proxy-hops are refused: set it to how many there are in a "
        + "row, and http.trusted-proxies to their addresses only"
    case .proxySkipped:
      "requests that came through fewer proxies than http.proxy-hops are refused: set it to how many there are in a "
        + "row, and let each append its caller to X-Forwarded-For"
    case .severalCertificates(let header):
      "requests with more than one certificate in \(header.rawValue) are refused: let the proxy set the field anew, "
        + "so that nobody else can add to it"
    case .certificateUnreadable(.envoy):
      "requests without a readable Cert in X-Forwarded-Client-Cert are refused: let Envoy set it by "
        + "forward_client_cert_details: SANITIZE_SET and set_current_client_cert_details: {cert: true}"
    case .certificateUnreadable(let header):
      "requests whose \(header.rawValue) holds no readable certificate are refused: let the proxy write it as "
        + "docs/operations.md says"
    }
  }
}
