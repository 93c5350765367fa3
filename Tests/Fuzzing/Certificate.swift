import TesseraCore
import X509

extension FuzzTarget {
  /// The certificate that a caller shows, and whom it names (RFC 8705 §2.1).
  static let certificate = FuzzTarget(name: "certificate") { bytes in
    guard ClientCertificate(bytes) != nil, let certificate = try? Certificate(derEncoded: bytes) else {
      return
    }
    _ = CertificateNames(of: certificate)
  }

  /// A list of what an authority has revoked (RFC 5280 §5).
  static let revocationList = FuzzTarget(name: "revocation-list") { bytes in
    _ = try? RevocationList(der: bytes)
  }
}
