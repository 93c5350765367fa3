import Crypto
import CryptoExtras
package import TesseraJOSE

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

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
  private let sharedAccess = SharedAccess()

  /// Tokens of this issuer (RFC 8414 §2), a URL.
  ///
  /// Another issuer's do not open, even with the same keys.
  package init(issuer: String, randomness: RandomSource = .system) {
    self.issuer = Array(issuer.utf8)
    self.randomness = randomness
  }

  package func encode(
    _ grant: AccessGrant,
    for holder: borrowing TokenHolder,
    _ signature: SignatureChoice,
    with keyRing: KeyRing
  ) throws(OAuthError) -> IssuedToken {
    guard let entry = keyRing.sealingEntry(at: grant.issuedAt) else {
      throw .temporarilyUnavailable("no sealing key is active yet")
    }
    let input = sealingInput(grant, keyNumber: entry.number)
    let authenticatedLength = SealedAccessToken.headerLength + issuer.count
    guard let nonce = try? AES.GCM._SIV.Nonce(data: input[3..<SealedAccessToken.headerLength]),
      let box = try? AES.GCM._SIV.seal(
        input[authenticatedLength...],
        using: entry.key,
        nonce: nonce,
        authenticating: input[..<authenticatedLength]
      )
    else { throw OAuthError(.serverError, .unexpected, privateDetail: "sealing failed") }
    // The box begins with the nonce, and so the token is its key's number and the box.
    let text = box.combined.withUnsafeBytes { combined in
      Base32.lowerCase.encode(input[..<3], combined)
    }
    return IssuedToken(text: text, grant: grant)
  }

  /// Version, key number and a new nonce, and after them the issuer, which are authenticated; then the payload.
  private func sealingInput(_ grant: AccessGrant, keyNumber: UInt16) -> [UInt8] {
    var writer = BinaryWriter(capacity: 160 + issuer.count)
    writer.append(byte: SealedAccessToken.version)
    writer.append(byte: UInt8(keyNumber >> 8))
    writer.append(byte: UInt8(truncatingIfNeeded: keyNumber))
    withUnsafeTemporaryAllocation(byteCount: TokenID.byteCount, alignment: 1) { nonce in
      randomness.fill(nonce)
      writer.append(nonce)
    }
    writer.append(issuer)
    GrantPayload.encode(grant, to: &writer)
    return writer.bytes
  }

  /// The most characters of a token of this client with this access.
  static func greatestLength(of access: GrantedAccess, for client: Client) -> Int {
    let payload = GrantPayload.encode(.longest(access, for: client)).count
    return ((headerLength + payload + tagLength) * 8 + 4) / 5
  }

  package func open(_ text: Substring.UTF8View, with keyRing: KeyRing) -> OpenedToken? {
    guard text.count <= SealedAccessToken.maximumLength, let token = Base32.lowerCase.decode(text),
      token.count > SealedAccessToken.headerLength + SealedAccessToken.tagLength,
      token[0] == SealedAccessToken.version,
      let entry = keyRing.sealingEntry(numbered: UInt16(token[1]) << 8 | UInt16(token[2])),
      let box = try? AES.GCM._SIV.SealedBox(combined: token[3...]),
      let payload = try? AES.GCM._SIV.open(
        box,
        using: entry.key,
        authenticating: token[..<SealedAccessToken.headerLength] + issuer
      ),
      let grant = GrantPayload.decode(Array(payload), access: sharedAccess.access(sealed:for:)),
      let id = TokenID(bytes: token[3..<SealedAccessToken.headerLength])
    else { return nil }
    return OpenedToken(id: id, keyNumber: entry.number, grant: grant)
  }
}
