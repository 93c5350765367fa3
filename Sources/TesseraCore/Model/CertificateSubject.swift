/// Whom the certificate of a client has to name (RFC 8705 §2.1.2): exactly one of the five ways to say it.
package struct CertificateSubject: Sendable, Equatable {
  /// A way to name somebody, by the name of its metadata.
  package enum Kind: String, Sendable, CaseIterable {
    case distinguishedName = "tls_client_auth_subject_dn"
    case dns = "tls_client_auth_san_dns"
    case uri = "tls_client_auth_san_uri"
    case ip = "tls_client_auth_san_ip"
    case email = "tls_client_auth_san_email"
  }

  /// What a certificate is compared with.
  private enum Expected: Sendable, Equatable {
    case name(SubjectName)
    case address(SourceAddress)
    case text([UInt8])
  }

  private static let maximumLength = 1024

  package let kind: Kind
  /// The name, as it was registered.
  package let text: String
  private let expected: Expected

  /// Nil for a text that is no name of its kind.
  package init?(_ kind: Kind, _ text: String) {
    guard (1...CertificateSubject.maximumLength).contains(text.utf8.count),
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { return nil }
    switch kind {
    case .distinguishedName:
      guard let name = SubjectName(text) else { return nil }
      expected = .name(name)
    case .ip:
      guard let address = SourceAddress(text) else { return nil }
      expected = .address(address)
    case .dns:
      guard CertificateSubject.isHost(text) else { return nil }
      expected = .text(Array(text.lowercased().utf8))
    case .uri:
      guard AbsoluteURI.isOne(text) else { return nil }
      expected = .text(Array(text.utf8))
    case .email:
      let parts = text.split(separator: "@", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(" "), text.utf8.allSatisfy({ $0 < 0x80 }),
        CertificateSubject.isHost(String(parts[1]))
      else { return nil }
      expected = .text(Array(text.utf8))
    }
    self.kind = kind
    self.text = text
  }

  /// Whether a certificate with these names is that of the client.
  ///
  /// Nothing stands for anything else: no wildcard, no name for an address, no CN for a SAN.
  func isIn(_ names: CertificateNames) -> Bool {
    switch expected {
    case .name(let name): names.subject == name
    case .address(let address): names.addresses.contains(address)
    case .text(let text):
      switch kind {
      case .dns: names.hosts.contains { $0.lowercased().utf8.elementsEqual(text) }
      case .uri: names.uris.contains { $0.utf8.elementsEqual(text) }
      case .email: names.emails.contains { $0.utf8.elementsEqual(text) }
      case .distinguishedName, .ip: false
      }
    }
  }

  /// A host name that is no address, with or without a wildcard, which is compared to the letter.
  private static func isHost(_ text: String) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    let areLabels = labels.enumerated().allSatisfy { index, label in
      index == 0 && label == "*" && labels.count > 1
        || (1...63).contains(label.utf8.count)
          && label.utf8.allSatisfy {
            $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
          }
    }
    return areLabels && text.utf8.count <= 253 && SourceAddress(text) == nil
  }
}

/// Whom a certificate names.
package struct CertificateNames: Sendable, Equatable {
  /// Nil for one that says nothing, or something that cannot be compared.
  package let subject: SubjectName?
  /// The names of the extension subjectAltName (RFC 5280 §4.2.1.6), by their kinds.
  package let hosts: [String]
  package let uris: [String]
  package let addresses: [SourceAddress]
  package let emails: [String]

  package init(
    subject: SubjectName?,
    hosts: [String],
    uris: [String],
    addresses: [SourceAddress],
    emails: [String]
  ) {
    self.subject = subject
    self.hosts = hosts
    self.uris = uris
    self.addresses = addresses
    self.emails = emails
  }
}
