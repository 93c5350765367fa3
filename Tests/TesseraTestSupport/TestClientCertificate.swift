import Crypto
package import Foundation
import SwiftASN1
import X509

/// What a certificate says of a client.
package struct TestClientProfile: Sendable {
  /// A name of the extension subjectAltName.
  package enum Alternative: Sendable {
    case dns(String)
    case uri(String)
    case ip([UInt8])
    case email(String)
  }

  /// What the certificate is for.
  package enum Usage: Sendable {
    case clients
    case servers
    /// It does not say.
    case anything
  }

  /// The common names, each a part of the subject of its own.
  package var commonNames = ["billing"]
  package var organisation: String? = "Example"
  package var alternatives: [Alternative] = []
  package var usage = Usage.clients
  package var isAuthority = false
  /// Whether it has an extension that is critical, and that nobody knows.
  package var hasUnknownExtension = false
  /// From when and to when it is valid, in seconds from the time of the test.
  package var from: Double = -3600
  package var to: Double = 90 * 86_400

  package init() {}

  package init(commonNames: [String], alternatives: [Alternative] = []) {
    self.commonNames = commonNames
    self.alternatives = alternatives
  }

  package init(_ change: (inout TestClientProfile) -> Void) {
    change(&self)
  }

  fileprivate var extensions: Certificate.Extensions {
    get throws {
      try Certificate.Extensions {
        if isAuthority { Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil)) }
        Critical(KeyUsage(digitalSignature: true))
        switch usage {
        case .clients: try ExtendedKeyUsage([.clientAuth])
        case .servers: try ExtendedKeyUsage([.serverAuth])
        case .anything: Certificate.Extensions()
        }
        if !alternatives.isEmpty { SubjectAlternativeNames(alternatives.map(\.name)) }
        if hasUnknownExtension {
          Certificate.Extension(oid: [1, 2, 3, 4], critical: true, value: [5, 0])
        }
      }
    }
  }
}

extension TestClientProfile.Alternative {
  fileprivate var name: GeneralName {
    switch self {
    case .dns(let text): .dnsName(text)
    case .uri(let text): .uniformResourceIdentifier(text)
    case .ip(let bytes): .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
    case .email(let text): .rfc822Name(text)
    }
  }
}

extension TestAuthority {
  /// The certificate of a client.
  package func issueClient(_ profile: TestClientProfile = TestClientProfile(), at time: Date) throws
    -> TestCertificate
  {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    var parts: [RelativeDistinguishedName] = []
    if let organisation = profile.organisation {
      parts.append(
        RelativeDistinguishedName(.init(type: .RDNAttributeType.organizationName, utf8String: organisation))
      )
    }
    for name in profile.commonNames {
      parts.append(RelativeDistinguishedName(.init(type: .RDNAttributeType.commonName, utf8String: name)))
    }
    let certificate = try Certificate(
      version: .v3,
      serialNumber: Certificate.SerialNumber(),
      publicKey: key.publicKey,
      notValidBefore: time.addingTimeInterval(profile.from),
      notValidAfter: time.addingTimeInterval(profile.to),
      issuer: self.certificate.subject,
      subject: DistinguishedName(parts),
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try profile.extensions,
      issuerPrivateKey: self.key
    )
    return TestCertificate(
      chain: try ([certificate] + above).map { try $0.serializeAsPEM().pemString + "\n" },
      key: try key.serializeAsPEM().pemString + "\n"
    )
  }

  /// The list of certificates that it has revoked, in PEM.
  ///
  /// `isPartial` is for one that has only changes.
  package func revocationList(
    of revoked: [TestCertificate],
    at time: Date,
    until end: Date,
    isPartial: Bool = false
  ) throws -> String {
    let numbers = try revoked.map { try Certificate(pemEncoded: $0.chain[0]).serialNumber }
    let subject = certificate.subject
    var body = DER.Serializer()
    try body.appendConstructedNode(identifier: .sequence) { list in
      try list.serialize(1)
      try list.appendConstructedNode(identifier: .sequence) {
        try $0.serialize(TestAuthority.ecdsaWithSHA256)
      }
      try list.serialize(subject)
      try list.serialize(TestAuthority.time(time))
      try list.serialize(TestAuthority.time(end))
      if !numbers.isEmpty {
        try list.appendConstructedNode(identifier: .sequence) { entries in
          for number in numbers {
            try entries.appendConstructedNode(identifier: .sequence) { entry in
              try entry.serialize(number.bytes)
              try entry.serialize(TestAuthority.time(time))
            }
          }
        }
      }
      if isPartial {
        try list.appendConstructedNode(
          identifier: ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific)
        ) { tagged in
          try tagged.appendConstructedNode(identifier: .sequence) { extensions in
            try extensions.appendConstructedNode(identifier: .sequence) { element in
              try element.serialize(TestAuthority.deltaListIndicator)
              try element.serialize(true)
              try element.serialize(ASN1OctetString(contentBytes: [2, 1, 1]))
            }
          }
        }
      }
    }
    let signed = body.serializedBytes
    let signature = try key.sign(bytes: signed, signatureAlgorithm: .ecdsaWithSHA256)
    var whole = DER.Serializer()
    try whole.appendConstructedNode(identifier: .sequence) { list in
      list.serializeRawBytes(signed)
      try list.appendConstructedNode(identifier: .sequence) {
        try $0.serialize(TestAuthority.ecdsaWithSHA256)
      }
      try list.serialize(ASN1BitString(bytes: ArraySlice(signature.rawRepresentation)))
    }
    return PEMDocument(type: "X509 CRL", derBytes: whole.serializedBytes).pemString + "\n"
  }

  /// RFC 5280 §5.2.4.
  private static let deltaListIndicator: ASN1ObjectIdentifier = [2, 5, 29, 27]
  private static let ecdsaWithSHA256: ASN1ObjectIdentifier = [1, 2, 840, 10_045, 4, 3, 2]

  private static func time(_ date: Date) throws -> UTCTime {
    let calendar = Calendar(identifier: .gregorian)
    let parts = calendar.dateComponents(in: TimeZone(secondsFromGMT: 0) ?? .gmt, from: date)
    return try UTCTime(
      year: parts.year ?? 2000,
      month: parts.month ?? 1,
      day: parts.day ?? 1,
      hours: parts.hour ?? 0,
      minutes: parts.minute ?? 0,
      seconds: parts.second ?? 0
    )
  }
}

extension TestCertificate {
  /// The certificate itself in DER.
  package var leaf: [UInt8] { TestCertificate.der(chain[0]) }
}
