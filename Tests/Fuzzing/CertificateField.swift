@testable import TesseraCore

extension FuzzTarget {
  /// The header field in which a proxy passes on a certificate, and the name of a subject, each by another length of the
  /// input.
  static let certificateField = FuzzTarget(name: "certificate-field") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let kinds = CertificateHeader.allCases
    let kind = bytes.count % (kinds.count + 1)
    guard kind < kinds.count else {
      _ = CertificateSubject(.distinguishedName, text)
      return
    }
    let headers = RequestHeaders([(kinds[kind].rawValue, text), ("Client-Cert-Chain", text)])
    _ = try? kinds[kind].certificate(in: headers)
  }
}
