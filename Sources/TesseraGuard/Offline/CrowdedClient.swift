import TesseraJOSE

/// A revoked token as the revocation feed names it.
struct RevokedToken: Sendable {
  let id: TokenID
  let expiresAt: Timestamp
  /// Its client; nil when the token service has not said whose it is.
  let owner: String?
}

/// A client that had more revoked tokens than there is room for: all that were issued to it until then count as revoked.
struct CrowdedClient: Sendable {
  /// How far ahead the clocks of the token service's nodes may be, in milliseconds: for so much longer what the client
  /// is issued counts as revoked.
  private static let clockSkew: Int64 = 60_000

  /// Its tokens from before this are refused.
  let notBefore: Timestamp
  /// By when those of its tokens that were revoked have ended.
  let until: Timestamp

  /// Both.
  func merged(with other: CrowdedClient) -> CrowdedClient {
    CrowdedClient(notBefore: max(notBefore, other.notBefore), until: max(until, other.until))
  }

  /// The clients that have most of these tokens, with more than `excess` of them together; nil when it is not known
  /// whose they are.
  static func found(
    among tokens: [RevokedToken],
    excess: Int,
    at time: Timestamp
  ) -> [String: CrowdedClient]? {
    var owned: [String: (count: Int, until: Timestamp)] = [:]
    for token in tokens {
      guard let owner = token.owner else { continue }
      let known = owned[owner] ?? (0, token.expiresAt)
      owned[owner] = (known.count + 1, max(known.until, token.expiresAt))
    }
    var found: [String: CrowdedClient] = [:]
    var rest = excess
    for (owner, ofOwner) in owned.sorted(by: { ($0.value.count, $0.key) > ($1.value.count, $1.key) }) {
      // A place is taken by what stands for its tokens, so that one token gains nothing.
      guard rest > 0, ofOwner.count > 1 else { break }
      found[owner] = CrowdedClient(
        notBefore: time.advanced(byMilliseconds: clockSkew),
        until: ofOwner.until
      )
      rest -= ofOwner.count - 1
    }
    return rest > 0 ? nil : found
  }
}
