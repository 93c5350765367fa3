import SwiftASN1
import TesseraCore
import X509

/// The certificates of the authorities that are trusted to sign those of clients.
struct AuthorityCertificates: Sendable {
  static let maximumSize = 1 << 20
  private static let maximumCount = 1000

  let certificates: [Certificate]
  let store: CertificateStore

  /// Reads PEM.
  init(pem bytes: [UInt8]) throws(AuthorityProblem) {
    guard let text = String(validating: bytes, as: UTF8.self),
      let documents = try? PEMDocument.parseMultiple(pemString: text), !documents.isEmpty
    else { throw .noCertificate }
    guard !documents.contains(where: { $0.discriminator.hasSuffix("PRIVATE KEY") }) else { throw .key }
    let blocks = documents.filter { $0.discriminator == "CERTIFICATE" }
    guard !blocks.isEmpty else { throw .noCertificate }
    guard blocks.count <= AuthorityCertificates.maximumCount else {
      throw .tooManyCertificates(limit: AuthorityCertificates.maximumCount)
    }
    var certificates: [Certificate] = []
    for block in blocks {
      guard let certificate = try? Certificate(pemDocument: block) else { throw .damagedCertificate }
      guard certificate.isAuthority else { throw .noAuthority("\(certificate.subject)".printable) }
      certificates.append(certificate)
    }
    self.certificates = certificates
    store = CertificateStore(certificates)
  }
}

extension Certificate {
  /// Whether it may sign others.
  var isAuthority: Bool {
    guard case .isCertificateAuthority? = try? extensions.basicConstraints else { return false }
    return true
  }
}
