package import TesseraJOSE

/// An event as a signed JWT (RFC 8417), so that whoever gets it knows by our key set that it is ours.
///
/// Its `typ` keeps it from being taken for an access token (RFC 8725 §3.11); it has neither `sub` nor `exp` (RFC 8417
/// §4.6).
package struct SecurityEventToken: Sendable {
  /// Who tells it: the issuer of the server.
  let issuer: String
  /// Whom it is for.
  let audience: String

  package init(issuer: String, audience: String) {
    self.issuer = issuer
    self.audience = audience
  }

  /// The JWT, signed by the key that signs access tokens by ES256.
  package func encode(
    _ event: SecurityEvent,
    by keys: KeyRing,
    at now: Timestamp
  ) throws(OAuthError) -> [UInt8] {
    guard let entry = keys.defaultSigningEntry(at: now) else {
      throw .temporarilyUnavailable("no signing key is active yet")
    }
    var members: [JSONValue.Member] = [
      .init("iss", .string(issuer)), .init("aud", .string(audience)), .init("jti", .string(event.id)),
      .init("iat", .integer(Int(now.wholeSeconds.seconds))),
    ]
    if let time = event.time { members.append(.init("toe", .integer(Int(time.wholeSeconds.seconds)))) }
    members.append(.init("events", .object([.init(event.kind.uri, event.payload)])))
    var token = entry.key.header(type: JWTType.securityEvent) + [UInt8(ascii: ".")]
    Base64URL.append(JSONValue.object(members).text().utf8, to: &token)
    try entry.key.sign(&token)
    return token
  }
}
