import Foundation
import Logging
import TesseraCore
import TesseraHTTP
import TesseraSupport

extension ServerConfiguration {
  /// Throws when a certificate or its key cannot be used now.
  package func checkCertificate() throws(ConfigurationError) {
    let logger = Logger(label: "tessera") { _ in SwiftLogNoOpLogHandler() }
    _ = try certificate(logger)
    _ = try clientAuthorities(logger)
    _ = try managementCertificate(logger)
  }

  /// The certificate that the public listener shows; nil without TLS.
  func certificate(
    _ logger: Logger,
    _ notices: NoticeBoard = NoticeBoard()
  ) throws(ConfigurationError) -> CertificateService? {
    try certificate(
      http.tls,
      of: "http",
      asksForCertificates: http.asksForClientCertificates,
      logger,
      notices
    )
  }

  /// The certificate that the management listener shows; nil without TLS.
  func managementCertificate(
    _ logger: Logger,
    _ notices: NoticeBoard = NoticeBoard()
  ) throws(ConfigurationError) -> CertificateService? {
    guard management.port != nil else { return nil }
    return try certificate(management.tls, of: "management", speaksHTTP2: false, logger, notices)
  }

  private func certificate(
    _ tls: TLS,
    of listener: String,
    speaksHTTP2: Bool = true,
    asksForCertificates: Bool = false,
    _ logger: Logger,
    _ notices: NoticeBoard
  ) throws(ConfigurationError) -> CertificateService? {
    guard tls.isOn else { return nil }
    let files = CertificateFiles(certificate: tls.certificate, key: tls.key)
    do throws(CertificateProblem) {
      return try CertificateService(
        files,
        strictTransportAge: tls.strictTransportAge,
        speaksHTTP2: speaksHTTP2,
        asksForCertificates: asksForCertificates,
        notices: notices,
        logger: logger
      )
    } catch {
      let name = "\(listener).tls.\(error.file == .key ? "key" : "certificate")"
      let origin = origins[name] ?? .default
      let path = files.path(of: error)
      throw ConfigurationError(
        "\(name) (from \(origin)): \(path.printable) \(error.advice(path: path))",
        origin: origin
      )
    }
  }
}

extension ServerConfiguration.HTTP {
  /// The Unix socket that it listens at; nil for none.
  var unixSocket: UnixSocket? {
    socket.isEmpty
      ? nil : UnixSocket(path: socket, mode: mode_t(socketMode, radix: 8) ?? 0o600, owner: socketOwner)
  }
}

extension ServerConfiguration {
  /// The file with the authority of that certificate; nil when there is none.
  package var developmentAuthority: String? {
    let file = DevelopmentCertificate(in: dataDirectory).authority
    return FileManager.default.isReadableFile(atPath: file) ? file : nil
  }

  /// Makes the server speak TLS by a certificate of its own, which is made where there is none.
  package mutating func useDevelopmentCertificate() throws(ConfigurationError) -> DevelopmentCertificate {
    guard !http.tls.isOn else {
      throw ConfigurationError(
        "http.tls.certificate is set, which tessera dev uses without --tls: leave out one of them"
      )
    }
    let certificate = DevelopmentCertificate(in: dataDirectory)
    do {
      try certificate.prepare()
    } catch {
      throw ConfigurationError("cannot make a certificate in \(dataDirectory.printable): \(error)")
    }
    http.tls.certificate = certificate.certificate
    http.tls.key = certificate.key
    // Whoever trusts the authority has other things on localhost, which browsers would ask for by https too.
    http.tls.strictTransportAge = 0
    return certificate
  }
}
