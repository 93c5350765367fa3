package import TesseraJOSE

/// Those who are trusted to say whom a certificate is of (RFC 8705 §2.1).
package protocol CertificateAuthorities: Sendable {
  /// What is remembered of a certificate and still counts at this time; nil when it has to be judged first.
  func known(_ certificate: ClientCertificate, at now: Timestamp) -> CertificateJudgement?

  /// Looks whether a certificate leads to one of the authorities, is made for clients and was not revoked.
  ///
  /// It takes signature checks, and remembers what comes of them.
  func judge(_ certificate: ClientCertificate, at now: Timestamp) async -> CertificateJudgement
}

/// What is to be thought of a certificate.
package enum CertificateJudgement: Sendable, Equatable {
  /// It names these, during this time: that in which all certificates between it and the authority are valid.
  case accepted(CertificateNames, Range<Timestamp>)
  /// It counts for nothing; the reason is for the log.
  case refused(String)
}
