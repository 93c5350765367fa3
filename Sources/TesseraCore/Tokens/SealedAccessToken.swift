package import TesseraJOSE

/// The opaque access token: its facts, sealed by a key that only the server has.
///
/// `version(1) ‖ key number(2) ‖ nonce(12) ‖ AES-256-GCM-SIV(payload) ‖ tag(16)` in lower-case base32, so
/// `[a-z2-7]` only. The header and the issuer are associated data. The nonce is random and is the token's ID.
/// GCM-SIV (RFC 8452) keeps its promise even if a nonce were to repeat.
package struct SealedAccessToken: AccessTokenFormat {
  private static let version: UInt8 = 1
  private static let headerLength = 1 + 2 + TokenID.byteCount
  private static let tagLength = SealingKey.tagLength
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
    guard let text = seal(grant, with: entry) else {
      throw OAuthError(.serverError, .unexpected, privateDetail: "sealing failed")
    }
    return IssuedToken(text: text, grant: grant)
  }

  /// In memory: the header, the issuer, the payload, the tag; then the token is what follows the issuer, with the header in
  /// front.
  private func seal(_ grant: AccessGrant, with entry: KeyRing.Entry<SealingKey>) -> [UInt8]? {
    let associatedLength = SealedAccessToken.headerLength + issuer.count
    let capacity = associatedLength + GrantPayload.capacity(for: grant) + SealedAccessToken.tagLength
    return withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 16) { memory in
      var writer = BufferWriter(memory)
      writer.append(byte: SealedAccessToken.version)
      writer.append(byte: UInt8(entry.number >> 8))
      writer.append(byte: UInt8(truncatingIfNeeded: entry.number))
      let nonce = writer.next(TokenID.byteCount)
      randomness.fill(nonce)
      writer.append(issuer)
      GrantPayload.encode(grant, to: &writer)
      _ = writer.next(SealedAccessToken.tagLength)

      let box = UnsafeMutableRawBufferPointer(rebasing: memory[associatedLength..<writer.count])
      let associated = UnsafeRawBufferPointer(rebasing: memory[..<associatedLength])
      guard entry.key.seal(box, nonce: UnsafeRawBufferPointer(nonce), authenticating: associated) else {
        return nil
      }
      let token = UnsafeMutableRawBufferPointer(rebasing: memory[issuer.count..<writer.count])
      token.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<SealedAccessToken.headerLength]))
      return Base32.lowerCase.encode(UnsafeRawBufferPointer(token))
    }
  }

  /// The most characters of a token of this client with this access.
  static func greatestLength(of access: GrantedAccess, for client: Client) -> Int {
    let payload = GrantPayload.encode(.longest(access, for: client)).count
    return ((headerLength + payload + tagLength) * 8 + 4) / 5
  }

  package func open(_ text: Substring.UTF8View, with keyRing: KeyRing) -> OpenedToken? {
    guard text.count <= SealedAccessToken.maximumLength, var token = Base32.lowerCase.decode(text),
      token.count > SealedAccessToken.headerLength + SealedAccessToken.tagLength,
      token[0] == SealedAccessToken.version,
      let entry = keyRing.sealingEntry(numbered: UInt16(token[1]) << 8 | UInt16(token[2])),
      open(&token, with: entry.key),
      let grant = GrantPayload.decode(
        token[SealedAccessToken.headerLength...].dropLast(SealedAccessToken.tagLength),
        access: sharedAccess.access(sealed:for:)
      ),
      let id = TokenID(bytes: token[3..<SealedAccessToken.headerLength])
    else { return nil }
    return OpenedToken(id: id, keyNumber: entry.number, grant: grant)
  }

  /// Decrypts what follows the header.
  private func open(_ token: inout [UInt8], with key: SealingKey) -> Bool {
    let associatedLength = SealedAccessToken.headerLength + issuer.count
    return withUnsafeTemporaryAllocation(byteCount: associatedLength, alignment: 1) { associated in
      token.withUnsafeMutableBytes { token in
        let header = UnsafeRawBufferPointer(rebasing: token[..<SealedAccessToken.headerLength])
        var writer = BufferWriter(associated)
        writer.append(header)
        writer.append(issuer)
        return key.open(
          UnsafeMutableRawBufferPointer(rebasing: token[SealedAccessToken.headerLength...]),
          nonce: UnsafeRawBufferPointer(rebasing: header[3...]),
          authenticating: UnsafeRawBufferPointer(associated)
        )
      }
    }
  }
}
