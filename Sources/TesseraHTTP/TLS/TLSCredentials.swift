import NIOCore
package import NIOSSL
import Synchronization

/// What a server shows to prove who it is, for connections to come: it can be replaced while they go on.
package final class TLSCredentials: Sendable {
  /// The suites of TLS 1.2: forward secrecy and authenticated encryption. Those of TLS 1.3 are always on, and no other.
  private static let suites: [NIOTLSCipher] = [
    .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
  ]

  private let context: Mutex<NIOSSLContext>
  private let speaksHTTP2: Bool
  /// Nil when clients are asked for no certificate.
  private let shownCertificates: ShownCertificates?
  /// For `Strict-Transport-Security`, in seconds; 0 when it is not sent.
  package let strictTransportAge: Int

  /// Takes a chain of certificates in DER, the server's own first, and the key of that one in DER.
  ///
  /// `asksForCertificates` of clients, which may have none. Throws what the TLS library thinks of them.
  package init(
    chain: [[UInt8]],
    key: [UInt8],
    strictTransportAge: Int,
    speaksHTTP2: Bool = true,
    asksForCertificates: Bool = false
  ) throws {
    self.strictTransportAge = strictTransportAge
    self.speaksHTTP2 = speaksHTTP2
    shownCertificates = asksForCertificates ? ShownCertificates() : nil
    context = Mutex(
      try TLSCredentials.context(
        chain,
        key,
        speaksHTTP2: speaksHTTP2,
        asksForCertificates: asksForCertificates
      )
    )
  }

  /// Takes others in their place, for connections that have not begun yet.
  ///
  /// Sessions of the ones before are not resumed: each context has ticket keys of its own, so that whoever has to
  /// replace a key that was stolen is rid of it at once.
  package func replace(chain: [[UInt8]], key: [UInt8]) throws {
    let new = try TLSCredentials.context(
      chain,
      key,
      speaksHTTP2: speaksHTTP2,
      asksForCertificates: shownCertificates != nil
    )
    context.withLock { $0 = new }
  }

  /// What a new connection begins with.
  package func handler() -> NIOSSLServerHandler { begin().handler }

  /// What a new connection begins with, and what takes the certificate of its client; nil where none is asked for.
  func begin() -> (handler: NIOSSLServerHandler, intake: CertificateIntake?) {
    let context = context.withLock { $0 }
    guard let intake = shownCertificates.map(CertificateIntake.init) else {
      return (NIOSSLServerHandler(context: context), nil)
    }
    // Whoever signed them: the client proves here that it has the key, and who it is when it authenticates.
    let handler = NIOSSLServerHandler(context: context) { certificates, verdict in
      verdict.succeed(intake.take(certificates) ? .certificateVerified : .failed)
    }
    return (handler, intake)
  }

  /// Reads no file: there are no roots to load, since nobody's word counts here on whose the certificate of a client is.
  ///
  /// No names of authorities go out either, by which some clients choose: one of their own making would not be shown.
  private static func context(
    _ chain: [[UInt8]],
    _ key: [UInt8],
    speaksHTTP2: Bool,
    asksForCertificates: Bool
  ) throws -> NIOSSLContext {
    let chain = try chain.map {
      NIOSSLCertificateSource.certificate(try NIOSSLCertificate(bytes: $0, format: .der))
    }
    let key = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(bytes: key, format: .der))
    var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
    configuration.minimumTLSVersion = .tlsv12
    configuration.cipherSuiteValues = suites
    configuration.applicationProtocols = ApplicationProtocol.allCases.filter { speaksHTTP2 || $0 != .http2 }
      .map(\.rawValue)
    configuration.certificateVerification = asksForCertificates ? .optionalVerification : .none
    configuration.trustRoots = .certificates([])
    configuration.renegotiationSupport = .none
    // Our close_notify goes out; there is no waiting for the peer's, who has the connection's own deadlines.
    configuration.shutdownTimeout = .zero
    return try NIOSSLContext(configuration: configuration)
  }
}

/// What is spoken inside TLS (RFC 7301), the best first.
enum ApplicationProtocol: String, CaseIterable {
  case http2 = "h2"
  case http1 = "http/1.1"
}
