import Crypto
import Foundation
import SwiftASN1
import TesseraCore
import TesseraJOSE
import TesseraSupport
import X509

/// The certificate that `tessera dev --tls` makes for this machine, with an authority of its own.
package struct DevelopmentCertificate {
  /// The file to trust, for `curl --cacert`.
  package let authority: String
  package let certificate: String
  package let key: String

  /// A year: nobody renews it but the next start.
  private static let lifetime: Int64 = 365 * 86_400
  /// One that expires sooner is replaced at the start.
  private static let renewal: Int64 = 31 * 86_400

  /// Where it is, or will be, in a data directory.
  package init(in dataDirectory: String) {
    let folder = URL(filePath: dataDirectory).standardizedFileURL.path(percentEncoded: false)
    authority = folder + "/dev-ca.pem"
    certificate = folder + "/dev-certificate.pem"
    key = folder + "/dev-key.pem"
  }

  /// Makes it where there is none that can be used.
  func prepare(clock: WallClock = .system) throws {
    let now = clock.now
    if FileManager.default.fileExists(atPath: authority),
      let contents = try? CertificateFiles(certificate: certificate, key: key).contents(),
      let pair = try? CertificatePair(contents),
      (try? pair.check(at: now)) != nil, (try? pair.check(at: now.advanced(bySeconds: Self.renewal))) != nil
    {
      return
    }
    let made = try DevelopmentCertificate.make(at: now)
    try PrivateText.write(made.key, to: key)
    try PrivateText.write(made.certificate, to: certificate)
    try PrivateText.write(made.authority, to: authority)
  }

  /// Nobody keeps the authority's key: nothing else can ever be signed by what a developer may have told the machine to
  /// trust.
  private static func make(at now: Timestamp) throws -> (authority: String, certificate: String, key: String)
  {
    let authorityKey = P256.Signing.PrivateKey()
    let key = P256.Signing.PrivateKey()
    let begin = Date(timeIntervalSince1970: Double(now.milliseconds / 1000 - 3600))
    let end = begin.addingTimeInterval(Double(lifetime))
    let authorityName = try DistinguishedName { CommonName("Tessera development authority") }
    let authority = try Certificate(
      version: .v3,
      serialNumber: Certificate.SerialNumber(),
      publicKey: .init(authorityKey.publicKey),
      notValidBefore: begin,
      notValidAfter: end,
      issuer: authorityName,
      subject: authorityName,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true))
        SubjectKeyIdentifier(hash: .init(authorityKey.publicKey))
      },
      issuerPrivateKey: .init(authorityKey)
    )
    let certificate = try Certificate(
      version: .v3,
      serialNumber: Certificate.SerialNumber(),
      publicKey: .init(key.publicKey),
      notValidBefore: begin,
      notValidAfter: end,
      issuer: authorityName,
      subject: try DistinguishedName { CommonName("localhost") },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        AuthorityKeyIdentifier(
          keyIdentifier: SubjectKeyIdentifier(hash: .init(authorityKey.publicKey)).keyIdentifier
        )
        SubjectAlternativeNames([
          .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
          .ipAddress(ASN1OctetString(contentBytes: [UInt8](repeating: 0, count: 15) + [1])),
        ])
      },
      issuerPrivateKey: .init(authorityKey)
    )
    return (
      try authority.serializeAsPEM().pemString + "\n", try certificate.serializeAsPEM().pemString + "\n",
      key.pemRepresentation + "\n"
    )
  }
}

/// A file that only its owner may read, replaced whole.
private enum PrivateText {
  static func write(_ text: String, to path: String) throws(SystemError) {
    let draft = "\(path).\(UUID().uuidString)"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .last }
    defer { close(descriptor) }
    do throws(SystemError) {
      try FileOutput(descriptor: descriptor).write(text)
      guard rename(draft, path) == 0 else { throw .last }
    } catch {
      unlink(draft)
      throw error
    }
  }
}
