import Crypto
import CryptoExtras
package import Foundation
import SwiftASN1
import X509

/// An authority that signs certificates for tests.
package struct TestAuthority: Sendable {
  /// A kind of key.
  package enum KeyKind: String, Sendable {
    case p256
    case p384
    case rsa
    case ed25519

    /// Those that a server may have.
    package static let served: [KeyKind] = [.p256, .p384, .rsa]
  }

  let key: Certificate.PrivateKey
  let certificate: Certificate
  /// The certificates of those above it, its own first, without the root.
  let above: [Certificate]

  /// An authority that nobody stands above.
  package init(at time: Date = Date()) throws {
    try self.init(DistinguishedName { CommonName("test root \(UUID())") }, at: time)
  }

  /// One that has the name of another, and a key of its own.
  package init(named other: TestAuthority, at time: Date = Date()) throws {
    try self.init(other.certificate.subject, at: time)
  }

  private init(_ name: DistinguishedName, at time: Date) throws {
    key = .init(P256.Signing.PrivateKey())
    certificate = try TestAuthority.certificate(
      name,
      key.publicKey,
      isAuthority: true,
      by: name,
      key,
      -86_400,
      40_000_000,
      at: time
    )
    above = []
  }

  private init(_ key: Certificate.PrivateKey, _ certificate: Certificate, above: [Certificate]) {
    self.key = key
    self.certificate = certificate
    self.above = above
  }

  /// The certificate in PEM.
  package var pem: String {
    get throws { try certificate.serializeAsPEM().pemString + "\n" }
  }

  /// An authority that this one has signed.
  package func intermediate(at time: Date = Date()) throws -> TestAuthority {
    try signed(isAuthority: true, at: time)
  }

  /// Somebody who signs, and whose certificate does not say that they may.
  package func posing(at time: Date = Date()) throws -> TestAuthority {
    try signed(isAuthority: false, at: time)
  }

  private func signed(isAuthority: Bool, at time: Date) throws -> TestAuthority {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let name = try DistinguishedName { CommonName("test intermediate") }
    let certificate = try TestAuthority.certificate(
      name,
      key.publicKey,
      isAuthority: isAuthority,
      by: self.certificate.subject,
      self.key,
      -86_400,
      40_000_000,
      at: time
    )
    return TestAuthority(key, certificate, above: [certificate] + above)
  }

  /// A certificate for this machine, valid from and to so many seconds from a time.
  package func issue(
    _ kind: KeyKind = .p256,
    name: String = "localhost",
    at time: Date = Date(),
    from: Double = -3600,
    to: Double = 90 * 86_400
  ) throws -> TestCertificate {
    let key: Certificate.PrivateKey =
      switch kind {
      case .p256: .init(P256.Signing.PrivateKey())
      case .p384: .init(P384.Signing.PrivateKey())
      case .ed25519: .init(Curve25519.Signing.PrivateKey())
      case .rsa: .init(try _RSA.Signing.PrivateKey(keySize: .bits2048))
      }
    let certificate = try TestAuthority.certificate(
      try DistinguishedName { CommonName(name) },
      key.publicKey,
      isAuthority: false,
      by: self.certificate.subject,
      self.key,
      from,
      to,
      at: time
    )
    return TestCertificate(
      chain: try ([certificate] + above).map { try $0.serializeAsPEM().pemString + "\n" },
      key: try key.serializeAsPEM().pemString + "\n"
    )
  }

  private static func certificate(
    _ subject: DistinguishedName,
    _ key: Certificate.PublicKey,
    isAuthority: Bool,
    by issuer: DistinguishedName,
    _ issuerKey: Certificate.PrivateKey,
    _ from: Double,
    _ to: Double,
    at time: Date = Date()
  ) throws -> Certificate {
    try Certificate(
      version: .v3,
      serialNumber: Certificate.SerialNumber(),
      publicKey: key,
      notValidBefore: time.addingTimeInterval(from),
      notValidAfter: time.addingTimeInterval(to),
      issuer: issuer,
      subject: subject,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        if isAuthority {
          Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        } else {
          SubjectAlternativeNames([
            .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
          ])
        }
      },
      issuerPrivateKey: issuerKey
    )
  }
}

/// A certificate, those above it and its key, in PEM.
package struct TestCertificate: Sendable {
  /// The certificate, and those between it and the root.
  package let chain: [String]
  package let key: String

  package init(chain: [String], key: String) {
    self.chain = chain
    self.key = key
  }

  /// The bytes of a PEM text with one block.
  package static func der(_ pem: String) -> [UInt8] {
    let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }
    return Data(base64Encoded: lines.joined()).map { Array($0) } ?? []
  }
}
