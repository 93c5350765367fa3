import TesseraJOSE

/// How what is registered of a client's keys is to change; what is nil stays.
package struct ClientKeyChange: Sendable {
  /// Its public keys from now on, instead of those it had.
  package var keys: [NewClientKey]?
  /// Its certificates from now on, instead of those it had.
  package var certificates: [NewClientKey]?
  /// Where its keys are; `.some(nil)` for nowhere else.
  package var keySetURL: KeySetURL??
  /// Whom its certificate has to name; `.some(nil)` for nobody.
  package var certificateSubject: CertificateSubject??
  /// Whether it gets only tokens that are bound to a key of which it proves possession (RFC 9449 §5.2).
  package var isDPoPBound: Bool?
  /// Whether it gets only tokens that are bound to its certificate (RFC 8705 §3.4).
  package var isCertificateBound: Bool?
  /// Whether its assertions have to be for the issuer itself, and short-lived.
  package var requiresStrictAssertions: Bool?
  /// The profile that it is held to; `.some(nil)` for none.
  package var profile: SecurityProfile??

  package init() {}

  /// Whether nothing is to change.
  var isEmpty: Bool { details.isEmpty }

  /// Whether a client that is made so has keys.
  var hasKeys: Bool {
    keys?.isEmpty == false || certificates?.isEmpty == false || (keySetURL ?? nil) != nil
      || (certificateSubject ?? nil) != nil
  }

  /// Whether it changes how long a token is.
  var changesTokens: Bool {
    isDPoPBound != nil || isCertificateBound != nil || profile != nil
  }

  /// The particulars of an audit record.
  var details: [String: String] {
    var details: [String: String] = [:]
    details["jwks"] = keys.map(names)
    details["certificates"] = certificates.map(names)
    if let keySetURL { details["jwks_uri"] = keySetURL?.text ?? "" }
    if let certificateSubject {
      details["certificate_subject"] = certificateSubject.map { "\($0.kind.rawValue)=\($0.text)" } ?? ""
    }
    details["dpop_bound_access_tokens"] = isDPoPBound.map(String.init)
    details["tls_client_certificate_bound_access_tokens"] = isCertificateBound.map(String.init)
    details["strict_assertions"] = requiresStrictAssertions.map(String.init)
    if let profile { details["profile"] = profile?.rawValue ?? "" }
    return details
  }

  private func names(_ keys: [NewClientKey]) -> String { keys.map(\.name.text).joined(separator: ", ") }

  /// Changes a client.
  ///
  /// A key that it has already keeps its name and its times.
  func apply(to client: inout Client, at now: Timestamp) throws(AdministrationError) {
    if let keySetURL { client.keyMetadata.keySetURL = keySetURL?.text }
    if let certificateSubject { client.keyMetadata.certificateSubject = certificateSubject }
    if let isDPoPBound { client.keyMetadata.isDPoPBound = isDPoPBound }
    if let requiresStrictAssertions {
      client.keyMetadata.requiresStrictAssertions = requiresStrictAssertions
    }
    if let profile { client.keyMetadata.profile = profile }
    if let isCertificateBound { client.keyMetadata.isCertificateBound = isCertificateBound }
    try replace(keys, where: { !$0.isCertificate }, of: &client, at: now)
    try replace(certificates, where: \.isCertificate, of: &client, at: now)
    try client.checkKeys()
  }

  private func replace(
    _ new: [NewClientKey]?,
    where isMeant: (ClientKey.Material) -> Bool,
    of client: inout Client,
    at now: Timestamp
  ) throws(AdministrationError) {
    guard let new else { return }
    client.keyMetadata.keys.removeAll { key in
      isMeant(key.material) && !new.contains { $0.material == key.material }
    }
    let kept = client.keyMetadata.keys
    try client.add(new.filter { key in !kept.contains { $0.material == key.material } }, at: now)
  }
}

extension DeclarationPlan {
  /// Whether it changes what clients that there are prove themselves by, or what their tokens are bound to.
  package var changesCredentials: Bool {
    changes.contains { change in
      guard case .client(let earlier?, let client, _) = change.step else { return false }
      return earlier.keyMetadata != client.keyMetadata
        || earlier.authenticationMethod != client.authenticationMethod
    }
  }
}
