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
  /// For `Strict-Transport-Security`, in seconds; 0 when it is not sent.
  package let strictTransportAge: Int

  /// Takes a chain of certificates in DER, the server's own first, and the key of that one in DER.
  ///
  /// Throws what the TLS library thinks of them.
  package init(
    chain: [[UInt8]],
    key: [UInt8],
    strictTransportAge: Int,
    speaksHTTP2: Bool = true
  ) throws {
    self.strictTransportAge = strictTransportAge
    self.speaksHTTP2 = speaksHTTP2
    context = Mutex(try TLSCredentials.context(chain, key, speaksHTTP2: speaksHTTP2))
  }

  /// Takes others in their place, for connections that have not begun yet.
  ///
  /// Sessions of the ones before are not resumed: each context has ticket keys of its own, so that whoever has to
  /// replace a key that was stolen is rid of it at once.
  package func replace(chain: [[UInt8]], key: [UInt8]) throws {
    let new = try TLSCredentials.context(chain, key, speaksHTTP2: speaksHTTP2)
    context.withLock { $0 = new }
  }

  /// What a new connection begins with.
  package func handler() -> NIOSSLServerHandler {
    NIOSSLServerHandler(context: context.withLock { $0 })
  }

  /// Reads no file: there are no roots to load, since clients show no certificate.
  private static func context(_ chain: [[UInt8]], _ key: [UInt8], speaksHTTP2: Bool) throws
    -> NIOSSLContext
  {
    let chain = try chain.map {
      NIOSSLCertificateSource.certificate(try NIOSSLCertificate(bytes: $0, format: .der))
    }
    let key = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(bytes: key, format: .der))
    var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
    configuration.minimumTLSVersion = .tlsv12
    configuration.cipherSuiteValues = suites
    configuration.applicationProtocols = ApplicationProtocol.allCases.filter { speaksHTTP2 || $0 != .http2 }
      .map(\.rawValue)
    configuration.certificateVerification = .none
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
