package import TesseraJOSE

/// What is registered of a client's keys, and what its tokens are bound to, by the names of RFC 7591 §2, RFC 8705 and
/// RFC 9449.
///
/// Nothing in it is secret. A store keeps it as one text.
package struct ClientKeyMetadata: Sendable, Equatable {
  /// Its keys and certificates (`jwks`).
  package var keys: [ClientKey] = []
  /// Where its keys are (`jwks_uri`); nil for those above only.
  package var keySetURL: String?
  /// The platforms that vouch for it.
  package var trusts: [ClientTrust] = []
  /// Whether its assertions have to be for the issuer itself, and short-lived.
  package var requiresStrictAssertions = false
  /// Whom its certificate has to name (`tls_client_auth_…`); nil when no authority is asked.
  package var certificateSubject: CertificateSubject?
  /// The profile that it is held to, besides that of the server; nil for none.
  package var profile: SecurityProfile?
  /// Whether it gets only tokens that are bound to its certificate (RFC 8705 §3.4).
  package var isCertificateBound = false
  /// Whether it gets only tokens that are bound to a key of which it proves possession (RFC 9449 §5.2).
  package var isDPoPBound = false

  package init() {}

  /// The names of its keys and trusts, and when they were registered.
  package var credentials: [(name: String, madeAt: Timestamp)] {
    keys.map { ($0.name, $0.createdAt) } + trusts.map { ($0.name, $0.createdAt) }
  }
}

extension ClientKeyMetadata {
  /// As a store keeps it.
  package var storedText: String {
    var members: [JSONValue.Member] = []
    if !keys.isEmpty { members.append(.init("keys", .array(keys.map(\.stored)))) }
    if let keySetURL { members.append(.init("jwks_uri", .string(keySetURL))) }
    if !trusts.isEmpty { members.append(.init("trusts", .array(trusts.map(\.stored)))) }
    if requiresStrictAssertions { members.append(.init("strict_assertions", .boolean(true))) }
    if let subject = certificateSubject {
      members.append(.init(subject.kind.rawValue, .string(subject.text)))
    }
    if let profile { members.append(.init("profile", .string(profile.rawValue))) }
    if isCertificateBound {
      members.append(.init("tls_client_certificate_bound_access_tokens", .boolean(true)))
    }
    if isDPoPBound { members.append(.init("dpop_bound_access_tokens", .boolean(true))) }
    return JSONValue.object(members).text()
  }

  /// What `storedText` has made; nil for anything else.
  package init?(storedText text: String) {
    guard text != "{}" else { return }
    guard let json = JSON(text.utf8), let read = try? ClientKeyMetadata(ShownJSON(json)) else { return nil }
    self = read
  }

  private init(_ stored: ShownJSON) throws(UnreadableJSON) {
    for key in try stored.optionalElements("keys") { keys.append(try ClientKey(stored: key)) }
    keySetURL = try stored.optionalText("jwks_uri")
    for trust in try stored.optionalElements("trusts") { trusts.append(try ClientTrust(stored: trust)) }
    requiresStrictAssertions = try stored.isTrue("strict_assertions")
    for kind in CertificateSubject.Kind.allCases {
      guard let subject = try stored.optional(kind.rawValue, { CertificateSubject(kind, $0) }) else {
        continue
      }
      // Exactly one (RFC 8705 §2.1.2).
      guard certificateSubject == nil else { throw UnreadableJSON(member: kind.rawValue) }
      certificateSubject = subject
    }
    profile = try stored.optional("profile", SecurityProfile.init)
    isCertificateBound = try stored.isTrue("tls_client_certificate_bound_access_tokens")
    isDPoPBound = try stored.isTrue("dpop_bound_access_tokens")
  }
}
