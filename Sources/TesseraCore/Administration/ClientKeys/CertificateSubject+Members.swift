extension CertificateSubject {
  /// Reads the one member that there is, by its name in RFC 8705 §2.1.2; nil for none.
  package static func of(_ members: [String: String]) throws(AdministrationError) -> CertificateSubject? {
    guard let member = members.first else { return nil }
    func refused(_ problem: String) -> AdministrationError { .invalid(.certificateSubject, problem) }
    guard members.count == 1 else {
      throw refused("a certificate is named in exactly one way (RFC 8705 §2.1.2): leave out all but one")
    }
    guard let kind = Kind(rawValue: member.key) else {
      let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw refused("a certificate is named by one of \(names)")
    }
    guard let subject = CertificateSubject(kind, member.value) else { throw refused(kind.advice) }
    return subject
  }

  /// As `of` reads it.
  package var members: [String: String] { [kind.rawValue: text] }
}

extension CertificateSubject.Kind {
  /// What it has to be.
  fileprivate var advice: String {
    switch self {
    case .distinguishedName:
      "\(rawValue) is the subject as RFC 4514 writes it, such as CN=billing,O=Example: run "
        + "openssl x509 -noout -subject -nameopt RFC2253 -in FILE"
    case .dns: "\(rawValue) is a host name such as billing.example.com"
    case .uri: "\(rawValue) is a URI such as spiffe://example.com/billing"
    case .ip: "\(rawValue) is an IP address"
    case .email: "\(rawValue) is a mail address"
    }
  }
}
