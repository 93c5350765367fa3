package import NIOSSL

/// How a client of a test speaks TLS.
package struct TestTLS: Sendable {
  package let context: NIOSSLContext

  /// A client that trusts this authority; `adjust` changes what it offers.
  package init(trusting authority: TestAuthority, _ adjust: (inout TLSConfiguration) -> Void = { _ in })
    throws
  {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.pem.utf8)))
    adjust(&configuration)
    context = try NIOSSLContext(configuration: configuration)
  }
}
