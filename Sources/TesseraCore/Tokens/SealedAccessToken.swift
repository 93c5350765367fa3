import Crypto
import CryptoExtras

/// The opaque access token: its facts, sealed by a key that only the server has.
///
/// `version(1) ‖ key number(2) ‖ nonce(12) ‖ AES-256-GCM-SIV(payload) ‖ tag(16)` in lower-case base32, so
/// `[a-z2-7]` only. The header and the issuer are associated data. The nonce is random and is the token's ID.
/// GCM-SIV (RFC 8452) keeps its promise even if a nonce were to repeat.
package struct SealedAccessToken: AccessTokenFormat {
  private static let version: UInt8 = 1
  private static let headerLength = 1 + 2 + TokenID.byteCount
  private static let tagLength = 16
  /// The longest text that is looked at: far above any token we make.
  private static let maximumLength = 16_384

  package let format = TokenFormat.opaque
  private let issuer: [UInt8]
  private let randomness: RandomSource

  /// Tokens of this issuer (RFC 8414 §2), a URL.
  ///
  /// Another issuer's do not open, even with the same keys.
  package init(issuer: String, randomness: RandomSource = .system) {
    self.issuer = Array(issuer.utf8)
    self.randomness = randomness
  }

  package func encode(
    _ grant: AccessGrant,
    for client: CachedClient,
    by algorithm: SigningAlgorithm?,
    with facts: DirectoryFacts
  ) throws(OAuthError) -> IssuedToken {
    guard let entry = facts.keyRing.sealingEntry(at: grant.issuedAt) else {
      throw .temporarilyUnavailable("no sealing key is active yet")
    }
    var token: [UInt8] = [
      SealedAccessToken.version, UInt8(entry.number >> 8), UInt8(truncatingIfNeeded: entry.number),
    ]
    let nonce = randomness.bytes(count: TokenID.byteCount)
    token += nonce
    guard let gcmNonce = try? AES.GCM._SIV.Nonce(data: nonce),
      let box = try? AES.GCM._SIV.seal(
        GrantPayload.encode(grant),
        using: entry.key,
        nonce: gcmNonce,
        authenticating: token + issuer
      )
    else { throw OAuthError(.serverError, .unexpected, privateDetail: "sealing failed") }
    token += box.ciphertext
    token += box.tag
    return IssuedToken(text: Base32.lowerCase.encode(token), grant: grant)
  }

  package func open(_ text: Substring.UTF8View, with keyRing: KeyRing) -> OpenedToken? {
    guard text.count <= SealedAccessToken.maximumLength, let token = Base32.lowerCase.decode(text),
      token.count > SealedAccessToken.headerLength + SealedAccessToken.tagLength,
      token[0] == SealedAccessToken.version,
      let entry = keyRing.sealingEntry(numbered: UInt16(token[1]) << 8 | UInt16(token[2]))
    else { return nil }
    let header = token[..<SealedAccessToken.headerLength]
    let body = token[SealedAccessToken.headerLength...].dropLast(SealedAccessToken.tagLength)
    let nonce = Array(header[3...])
    guard let gcmNonce = try? AES.GCM._SIV.Nonce(data: nonce),
      let box = try? AES.GCM._SIV.SealedBox(
        nonce: gcmNonce,
        ciphertext: body,
        tag: token.suffix(SealedAccessToken.tagLength)
      ),
      let payload = try? AES.GCM._SIV.open(box, using: entry.key, authenticating: header + issuer),
      let grant = GrantPayload.decode(Array(payload)), let id = TokenID(bytes: nonce)
    else { return nil }
    return OpenedToken(id: id, keyNumber: entry.number, grant: grant)
  }
}
