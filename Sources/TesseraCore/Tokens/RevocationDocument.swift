/// A part of the revocation feed as a JWT, so that whoever passes it on cannot change it.
///
/// Its `typ` keeps it from being taken for an access token, and access tokens from being taken for it (RFC 8725
/// §3.11).
package struct RevocationDocument: Sendable {
  /// Of its header.
  package static let type = "revocations+jwt"

  private let issuer: String

  /// Documents of this issuer (RFC 8414 §2), a URL.
  init(issuer: String) {
    self.issuer = issuer
  }

  /// The document of a page.
  ///
  /// Times are in seconds since 1970 (RFC 7519 §2), those that tokens are compared with to the millisecond.
  func encode(_ page: RevocationPage, facts: DirectoryFacts, at now: Timestamp) throws(OAuthError) -> [UInt8]
  {
    guard let entry = facts.keyRing.standardSigningEntry(at: now) else {
      throw .temporarilyUnavailable("no signing key is active yet")
    }
    var document = entry.key.header(type: RevocationDocument.type) + [UInt8(ascii: ".")]
    Base64URL.append(claims(page, facts.serverState.tokensNotBefore, now), to: &document)
    try entry.key.sign(&document)
    return document
  }

  private func claims(_ page: RevocationPage, _ notBefore: Timestamp?, _ now: Timestamp) -> [UInt8] {
    var json = JSONText(capacity: 256 + page.tokens.count * 48 + page.clients.count * 64)
    json.append(#"{"iss":""#)
    json.append(escaped: issuer)
    json.append(#"","iat":"#)
    json.append(Int(now.milliseconds / 1000))
    json.append(#","since":"#)
    json.append(Int(page.since))
    json.append(#","cursor":"#)
    json.append(Int(page.cursor))
    json.append(#","more":"#)
    json.append(page.hasMore ? "true" : "false")
    if let notBefore {
      json.append(#","not_before":"#)
      json.append(seconds: notBefore)
    }
    json.append(#","tokens":{"#)
    for (index, token) in page.tokens.enumerated() {
      json.append(index == 0 ? #"""# : #",""#)
      json.append(unescaped: token.id.description)
      json.append(#"":"#)
      json.append(Int((token.expiresAt.milliseconds + 999) / 1000))
    }
    json.append(#"},"clients":{"#)
    for (index, client) in page.clients.enumerated() {
      json.append(index == 0 ? #"""# : #",""#)
      json.append(escaped: client.id.rawValue)
      json.append(#"":"#)
      json.append(seconds: client.notBefore)
    }
    json.append("}}")
    return json.bytes
  }
}

/// A part of the feed.
package struct RevocationPage: Sendable {
  /// The cursor that was asked with; 0 when this begins at the beginning.
  package let since: Int64
  /// The cursor to ask with next.
  package let cursor: Int64
  /// Whether there is more at once.
  package let hasMore: Bool
  /// Revoked tokens and when they expire.
  package let tokens: [(id: TokenID, expiresAt: Timestamp)]
  /// Clients whose tokens from before a time are inactive.
  package let clients: [(id: ClientID, notBefore: Timestamp)]
}
