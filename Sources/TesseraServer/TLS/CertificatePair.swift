import Crypto
import CryptoExtras
import Foundation
import SwiftASN1
import TesseraCore
import TesseraJOSE
import X509

/// A certificate with its chain, and the key that belongs to it: checked, and ready for a listener.
struct CertificatePair: Sendable, Equatable {
  /// The certificates in DER, the server's own first.
  let chain: [[UInt8]]
  /// The key in DER.
  let key: [UInt8]
  /// When the first of them begins and the first ends to be valid.
  let validity: Range<Timestamp>

  /// Reads the PEM text of both.
  ///
  /// Throws for what does not belong together, in whatever way, but not for the time of day.
  init(_ contents: CertificateFiles.Contents) throws(CertificateProblem) {
    let certificates = try CertificatePair.certificates(contents.certificate)
    let privateKey = try CertificatePair.privateKey(contents.key)
    guard certificates[0].publicKey == privateKey.key.publicKey else {
      let isElsewhere = certificates.contains { $0.publicKey == privateKey.key.publicKey }
      throw isElsewhere ? .wrongOrder : .foreignKey
    }
    for (certificate, issuer) in zip(certificates, certificates.dropFirst()) {
      guard certificate.issuer == issuer.subject,
        issuer.publicKey.isValidSignature(certificate.signature, for: certificate)
      else { throw .wrongOrder }
    }
    do {
      chain = try certificates.map { try $0.serializeAsPEM().derBytes }
    } catch {
      throw .notPEM(.certificate)
    }
    self.key = privateKey.der
    let begin = certificates.map(\.notValidBefore).max() ?? .distantFuture
    let end = certificates.map(\.notValidAfter).min() ?? .distantPast
    validity = CertificatePair.time(begin)..<max(CertificatePair.time(begin), CertificatePair.time(end))
  }

  /// Throws when it is not valid at this time.
  func check(at now: Timestamp) throws(CertificateProblem) {
    guard now < validity.upperBound else { throw .expired(validity.upperBound) }
    guard now >= validity.lowerBound else { throw .notYetValid(validity.lowerBound) }
  }

  private static func time(_ date: Date) -> Timestamp {
    Timestamp(milliseconds: Int64(date.timeIntervalSince1970) * 1000)
  }

  // MARK: Parts

  private static func documents(_ text: String, _ file: CertificateProblem.File) throws(CertificateProblem)
    -> [PEMDocument]
  {
    guard let documents = try? PEMDocument.parseMultiple(pemString: text), !documents.isEmpty else {
      throw .notPEM(file)
    }
    return documents
  }

  private static func certificates(_ text: String) throws(CertificateProblem) -> [Certificate] {
    let blocks = try documents(text, .certificate).filter { $0.discriminator == "CERTIFICATE" }
    guard !blocks.isEmpty else { throw .notPEM(.certificate) }
    guard blocks.count <= maximumChain else { throw .tooLong }
    do {
      return try blocks.map { try Certificate(pemDocument: $0) }
    } catch {
      throw .damaged(.certificate)
    }
  }

  /// Longer ones slow down every handshake; nobody's is.
  private static let maximumChain = 10

  private static func privateKey(_ text: String) throws(CertificateProblem) -> (
    key: Certificate.PrivateKey, der: [UInt8]
  ) {
    // Both ways to encrypt a key in PEM say so in clear (RFC 1421 §4.6.1.1, RFC 5958 §3).
    guard !text.contains("ENCRYPTED") else { throw .passphrase }
    let block = try documents(text, .key).first { $0.discriminator.hasSuffix("PRIVATE KEY") }
    guard let block else { throw .notPEM(.key) }
    guard let key = try? Certificate.PrivateKey(pemDocument: block), isServed(key.publicKey) else {
      throw .damaged(.key)
    }
    return (key, block.derBytes)
  }

  /// Not Ed25519: hardly a client takes it, and the TLS library does not offer it.
  private static func isServed(_ key: Certificate.PublicKey) -> Bool {
    P256.Signing.PublicKey(key) != nil || P384.Signing.PublicKey(key) != nil
      || P521.Signing.PublicKey(key) != nil
      || _RSA.Signing.PublicKey(key) != nil
  }
}
