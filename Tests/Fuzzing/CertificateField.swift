@testable import TesseraCore

extension FuzzTarget {
  /// The header field in which a proxy passes on a certificate, of every kind that there is.
  static let certificateField = FuzzTarget(name: "certificate-field") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    for field in CertificateHeader.allCases {
      let headers = RequestHeaders([(field.rawValue, text), ("Client-Cert-Chain", text)])
      _ = try? field.certificate(in: headers)
    }
    _ = CertificateSubject(.distinguishedName, text)
  }
}
