/// Who a request comes from, and over what.
package struct RequestOrigin: Sendable {
  /// The other end of the connection.
  package let peer: SourceAddress
  /// The caller: the peer, or whom a trusted proxy names.
  package let source: SourceAddress
  /// What protects the request on its way.
  package let transport: Transport

  /// A request by whoever is at the other end of the connection.
  package init(peer: SourceAddress, over transport: Transport) {
    self.init(peer: peer, source: peer, transport: transport)
  }

  private init(peer: SourceAddress, source: SourceAddress, transport: Transport) {
    self.peer = peer
    self.source = source
    self.transport = transport
  }

  /// The certificate of the caller; nil when none was shown.
  package var clientCertificate: ClientCertificate? {
    switch transport {
    case .plain: nil
    case .tls(let certificate), .proxiedTLS(let certificate): certificate
    }
  }

  /// The same request, by a caller whom the peer, a TLS proxy, is trusted to name.
  func forwarded(for caller: SourceAddress, showing certificate: ClientCertificate?) -> RequestOrigin {
    RequestOrigin(peer: peer, source: caller, transport: .proxiedTLS(clientCertificate: certificate))
  }
}

/// What protects a request on its way.
package enum Transport: Sendable, Equatable {
  /// Nothing.
  case plain
  /// TLS that ends here, with the certificate that the peer showed.
  case tls(peerCertificate: ClientCertificate?)
  /// TLS that ends at a trusted proxy, with the certificate that its caller showed.
  case proxiedTLS(clientCertificate: ClientCertificate?)
}
