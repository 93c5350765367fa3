import Logging
import NIOSSL
import TesseraSupport

/// The current certificate.
///
/// The files are read whenever it is asked for, and understood anew only when they say something else.
struct ClientCertificateReader: Sendable {
  private struct Reading: Sendable {
    let certificate: String
    let key: String
    let tls: TLSConfiguration
  }

  private let certificate: ClientCertificate
  private let last: LastReading<Reading>

  init(_ certificate: ClientCertificate, logger: Logger) {
    self.certificate = certificate
    last = LastReading("the client certificate", logger: logger)
  }

  /// Connections that show it.
  ///
  /// While the files cannot be read, or do not belong together because one of them is just being replaced, it is what it was.
  func current() throws(TokenRequestError) -> TLSConfiguration {
    try last.current { known throws(SecretFile.Failure) in
      let text = try SecretFile.read(certificate.file)
      let key = try SecretFile.read(certificate.keyFile)
      if let known, known.certificate == text, known.key == key { return known }
      let tls = try certificate.tlsConfiguration(text, key: key)
      return Reading(certificate: text, key: key, tls: tls)
    }.tls
  }
}
