import NIOSSL
import Synchronization
import TesseraCore

/// The certificates that came along with those of clients, by their thumbprints.
///
/// A session that is resumed has the certificate of its client and nothing that came along with it.
final class ShownCertificates: Sendable {
  /// How many are remembered.
  private static let capacity = 2048

  private let known = Mutex(
    GenerationalCache<[UInt8], ClientCertificate>(capacity: ShownCertificates.capacity)
  )

  /// The certificate with what came along with it, now or when it was shown in whole.
  func complete(_ certificate: ClientCertificate) -> ClientCertificate {
    known.withLock { known in
      if certificate.intermediates.isEmpty { return known.value(for: certificate.thumbprint) ?? certificate }
      known.insert(certificate, for: certificate.thumbprint)
      return certificate
    }
  }
}

/// What a client shows in one handshake.
final class CertificateIntake {
  private let remembered: ShownCertificates
  private var intermediates: [[UInt8]] = []

  init(remembered: ShownCertificates) {
    self.remembered = remembered
  }

  /// Looks at what the client sends, of whoever's making it is; false for more than is taken.
  ///
  /// That the client has the key is not known yet.
  func take(_ certificates: [NIOSSLCertificate]) -> Bool {
    guard let encoded = try? certificates.map({ try $0.toDERBytes() }), let leaf = encoded.first,
      ClientCertificate(leaf, intermediates: Array(encoded.dropFirst())) != nil
    else { return false }
    intermediates = Array(encoded.dropFirst())
    return true
  }

  /// The certificate of the client, once it has shown that it has the key; nil when it has shown none.
  func certificate(of handler: NIOSSLServerHandler) -> ClientCertificate? {
    guard let leaf = try? handler.peerCertificate?.toDERBytes() else { return nil }
    return ClientCertificate(leaf, intermediates: intermediates).map(remembered.complete)
  }
}
