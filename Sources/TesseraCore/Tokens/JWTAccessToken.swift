package import TesseraJOSE
import TesseraSupport

/// The JWT access token (RFC 9068): its facts, signed by a key whose public half everybody can have.
///
/// Header and fixed claims are encoded once per client and key. The token's ID is random but for its first two
/// bytes, which are the milliseconds of its issue: `iat` has whole seconds, which is all that many libraries
/// read, but a token that was issued just after its client was registered, or its tokens were revoked, must not
/// look as if it were from before.
package struct JWTAccessToken: AccessTokenFormat {
  /// RFC 9068 §2.1.
  package static let type = JWTType.accessToken.rawValue
  /// The longest text that is looked at: far above any token we make.
  private static let maximumLength = 16_384
  private static let dot = UInt8(ascii: ".")

  package let format = TokenFormat.jwt
  private let issuer: String
  private let randomness: RandomSource

  /// Tokens of this issuer (RFC 8414 §2), a URL.
  package init(issuer: String, randomness: RandomSource = .system) {
    self.issuer = issuer
    self.randomness = randomness
  }

  package func encode(
    _ grant: AccessGrant,
    for holder: borrowing TokenHolder,
    _ signature: SignatureChoice,
    with keyRing: KeyRing
  ) throws(OAuthError) -> IssuedToken {
    let grant = grant.expiringWithWholeSeconds
    let wanted = signature.algorithm.flatMap { keyRing.signingEntry(by: $0, at: grant.issuedAt) }
    // Until the first key of an algorithm has been published for long enough, the default one signs.
    guard let entry = wanted ?? keyRing.defaultSigningEntry(at: grant.issuedAt) else {
      throw .temporarilyUnavailable("no signing key is active yet")
    }
    var token = holder.prefix(keyNumber: entry.number, signature.type) { client in
      prefix(of: client, entry.key, signature.type)
    }
    Base64URL.append(claims(of: grant), to: &token)
    try entry.key.sign(&token)
    return IssuedToken(text: token, grant: grant)
  }

  /// The header, a dot, and the claims that are the same in all tokens of the client.
  ///
  /// White space, which JSON allows, fills the claims up to a multiple of three bytes, so that what follows is
  /// encoded by itself.
  private func prefix(of client: Client, _ key: TokenSigningKey, _ type: JWTType) -> [UInt8] {
    var encoded = key.encodedHeader(type) + [JWTAccessToken.dot]
    Base64URL.append(fixedClaims(of: client), to: &encoded)
    encoded.reserveCapacity(encoded.count + 512)
    return encoded
  }

  private func fixedClaims(of client: Client) -> [UInt8] {
    var json = JSONText(capacity: 256)
    json.append(#"{"iss":""#)
    json.append(escaped: issuer)
    json.append(#"","sub":""#)
    json.append(escaped: client.id.rawValue)
    json.append(#"","client_id":""#)
    json.append(escaped: client.id.rawValue)
    json.append(#"""#)
    json.append(claims: client.claims)
    while json.bytes.count % 3 != 0 { json.append(" ") }
    return json.bytes
  }

  private func claims(of grant: AccessGrant) -> [UInt8] {
    let (issuedAt, millisecond) = grant.issuedAt.wholeSeconds
    var json = JSONText(capacity: 256)
    json.append(#","aud":"#)
    json.append(audiences: grant.audiences)
    json.append(#","scope":""#)
    json.append(unescaped: grant.access.spaceSeparatedScopes)
    json.append(#"","iat":"#)
    json.append(Int(issuedAt))
    json.append(#","exp":"#)
    json.append(Int(grant.expiresAt.milliseconds / 1000))
    json.append(#","jti":""#)
    json.append(unescaped: id(millisecond: Int(millisecond)))
    json.append(#"""#)
    grant.confirmation?.append(to: &json)
    json.append("}")
    return json.bytes
  }

  /// The most characters of a token of this client with this access that is signed by this algorithm, whatever the
  /// issuer is called.
  static func greatestLength(
    of access: GrantedAccess,
    for client: Client,
    by algorithm: SigningAlgorithm
  ) -> Int {
    let format = JWTAccessToken(issuer: String(repeating: "x", count: IssuerIdentifier.maximumLength))
    let fixed = format.fixedClaims(of: client)
    let parts = [
      TokenSigningKey.headerLength(type: type, algorithm),
      fixed.count + format.claims(of: .longest(access, for: client)).count,
      algorithm.signatureLength,
    ]
    return parts.reduce(parts.count - 1) { $0 + ($1 * 4 + 2) / 3 }
  }

  /// A new ID, as text.
  private func id(millisecond: Int) -> [UInt8] {
    withUnsafeTemporaryAllocation(byteCount: TokenID.byteCount, alignment: 1) { id in
      id[0] = UInt8(millisecond >> 8)
      id[1] = UInt8(millisecond & 0xFF)
      randomness.fill(UnsafeMutableRawBufferPointer(rebasing: id[2...]))
      return Base32.lowerCase.encode(UnsafeRawBufferPointer(id))
    }
  }

  /// Only a header that is byte for byte one of ours is looked at, so no header can choose an algorithm, a key
  /// or a type (RFC 8725 §3.1, §3.11).
  package func open(_ text: Substring.UTF8View, with keyRing: KeyRing) -> OpenedToken? {
    guard text.count <= JWTAccessToken.maximumLength, let headerEnd = text.firstIndex(of: JWTAccessToken.dot),
      let entry = keyRing.signingEntry(header: Array(text[..<headerEnd])),
      let claimsEnd = text[text.index(after: headerEnd)...].firstIndex(of: JWTAccessToken.dot),
      let signature = Base64URL.decode(text[text.index(after: claimsEnd)...]),
      entry.key.isSignature(signature, of: Array(text[..<claimsEnd])),
      let json = Base64URL.decode(text[text.index(after: headerEnd)..<claimsEnd]),
      let claims = JSON(json)?.members, claims["iss"]?.text == issuer,
      let token = AccessTokenClaims(claims), let id = token.id
    else { return nil }
    return OpenedToken(id: id, keyNumber: entry.number, grant: token.grant)
  }
}
