import TesseraJOSE

/// A part of the revocation feed as a JWT, so that whoever passes it on cannot change it.
package struct RevocationDocument: Sendable {
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
    var document = entry.key.header(type: JWTType.revocations) + [UInt8(ascii: ".")]
    Base64URL.append(claims(page, facts.serverState.tokensNotBefore, now), to: &document)
    try entry.key.sign(&document)
    return document
  }

  private func claims(_ page: RevocationPage, _ notBefore: Timestamp?, _ now: Timestamp) -> [UInt8] {
    var json = JSONText(capacity: 256 + page.part.count * 72)
    json.append(#"{"iss":""#)
    json.append(escaped: issuer)
    json.append(#"","iat":"#)
    json.append(Int(now.milliseconds / 1000))
    json.append(#","since":"#)
    json.append(Int(page.part.since))
    json.append(#","cursor":"#)
    json.append(Int(page.part.cursor))
    json.append(#","more":"#)
    json.append(page.part.hasMore ? "true" : "false")
    if let notBefore {
      json.append(#","not_before":"#)
      json.append(seconds: notBefore)
    }
    append(page, to: &json)
    json.append("}")
    return json.bytes
  }

  /// Tokens and when they expire, clients and the time before which their tokens are inactive, and which token is
  /// whose.
  private func append(_ page: RevocationPage, to json: inout JSONText) {
    var clients: [RevocationFeed.Entry] = []
    var owners: [ClientID: [String]] = [:]
    var separator: StaticString = #","tokens":{""#
    for entry in page.entries.joined() {
      guard case .token(let token) = entry.subject else {
        clients.append(entry)
        continue
      }
      let id = token.description
      if let client = entry.clientID { owners[client, default: []].append(id) }
      json.append(separator)
      json.append(unescaped: id)
      json.append(#"":"#)
      json.append(Int((entry.relevantUntil.milliseconds + 999) / 1000))
      separator = #",""#
    }
    if page.part.count == clients.count { json.append(#","tokens":{"#) }
    json.append(#"},"clients":{"#)
    for (index, client) in clients.enumerated() {
      json.append(index == 0 ? #"""# : #",""#)
      json.append(escaped: client.clientID?.rawValue ?? "")
      json.append(#"":"#)
      json.append(seconds: client.time)
    }
    json.append(#"},"owners":{"#)
    for (index, owner) in owners.sorted(by: { $0.key < $1.key }).enumerated() {
      json.append(index == 0 ? #"""# : #",""#)
      json.append(escaped: owner.key.rawValue)
      json.append(#"":[""#)
      json.append(unescaped: owner.value.joined(separator: #"",""#))
      json.append(#""]"#)
    }
    json.append("}")
  }
}

/// A part of the feed, with what is in it.
struct RevocationPage: Sendable {
  /// Which it is.
  let part: RevocationFeed.Part
  /// What is in it, page by page.
  let entries: [[RevocationFeed.Entry]]
}
