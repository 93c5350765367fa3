import Crypto
import CryptoExtras
import Foundation
import SwiftASN1
package import TesseraJOSE
import X509

/// What operators see of the certificate of a client (RFC 5280).
package struct CertificateDetails: Sendable {
  /// The most bytes of one.
  package static let maximumSize = 8192
  /// The distinguished name (RFC 4514).
  package let subject: String
  /// When it begins and ends to be valid.
  package let notBefore: Timestamp
  package let notAfter: Timestamp

  /// Nil for what is no certificate, or has a key that is weak or of another kind than RSA, P-256, P-384, P-521 and
  /// Ed25519.
  package init?(der: [UInt8]) {
    guard der.count <= CertificateDetails.maximumSize, let certificate = try? Certificate(derEncoded: der)
    else { return nil }
    if let key = _RSA.Signing.PublicKey(certificate.publicKey), key.keySizeInBits < 2048 { return nil }
    subject = certificate.subject.description
    notBefore = CertificateDetails.time(certificate.notValidBefore)
    notAfter = CertificateDetails.time(certificate.notValidAfter)
  }

  /// The SHA-256 of the DER in base64url (RFC 8705 §3.1, `x5t#S256`).
  package static func thumbprint(of der: [UInt8]) -> String {
    Base64URL.encode(Array(SHA256.hash(data: der)))
  }

  /// The PEM text (RFC 7468 §5).
  package static func pem(of der: [UInt8]) -> String {
    PEMDocument(type: "CERTIFICATE", derBytes: der).pemString + "\n"
  }

  private static func time(_ date: Date) -> Timestamp {
    Timestamp(milliseconds: Int64(date.timeIntervalSince1970) * 1000)
  }
}
