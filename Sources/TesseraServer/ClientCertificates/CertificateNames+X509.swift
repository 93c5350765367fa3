import SwiftASN1
import TesseraCore
import X509

extension CertificateNames {
  /// The most names in the extension subjectAltName.
  private static let maximumCount = 128

  /// Nil for more than is taken, and for what cannot be read.
  init?(of certificate: Certificate) {
    var (hosts, uris, addresses, emails): ([String], [String], [SourceAddress], [String]) = ([], [], [], [])
    let alternatives: SubjectAlternativeNames?
    do {
      alternatives = try certificate.extensions.subjectAlternativeNames
    } catch {
      return nil
    }
    if let alternatives {
      guard alternatives.count <= CertificateNames.maximumCount else { return nil }
      for name in alternatives {
        switch name {
        case .dnsName(let host): hosts.append(host)
        case .uniformResourceIdentifier(let uri): uris.append(uri)
        case .ipAddress(let octets): addresses += SourceAddress(bytes: Array(octets.bytes)).map { [$0] } ?? []
        case .rfc822Name(let email): emails.append(email)
        default: break
        }
      }
    }
    self.init(
      subject: SubjectName(certificate.subject),
      hosts: hosts,
      uris: uris,
      addresses: addresses,
      emails: emails
    )
  }
}

extension SubjectName {
  /// Nil for one that says nothing.
  init?(_ name: DistinguishedName) {
    var parts: [[Attribute]] = []
    for part in name {
      var attributes: [Attribute] = []
      for attribute in part {
        guard let value = Attribute.Value(attribute.value) else { return nil }
        attributes.append(Attribute(type: "\(attribute.type)", value: value))
      }
      parts.append(attributes)
    }
    self.init(parts)
  }
}

extension SubjectName.Attribute.Value {
  fileprivate init?(_ value: RelativeDistinguishedName.Attribute.Value) {
    if let text = String(value) {
      self = .text(Array(text.utf8))
      return
    }
    var serializer = DER.Serializer()
    guard (try? serializer.serialize(ASN1Any(value))) != nil else { return nil }
    self = .encoded(serializer.serializedBytes)
  }
}
