import TesseraJOSE

/// A part of the revocation feed, whose signature was verified.
struct RevocationNews: Sendable {
  /// The largest document that is read, in bytes: some times a part of 10,000 entries.
  static let maximumSize = 16_777_216

  let madeAt: Timestamp
  /// The cursor that it goes on from; 0 when it begins at the beginning.
  let since: Int64
  /// The cursor to go on with.
  let cursor: Int64
  let hasMore: Bool
  /// All tokens from before are inactive.
  let notBefore: Timestamp?
  /// Revoked tokens, when they end, and whose they are.
  let tokens: [RevokedToken]
  /// Clients whose tokens from before a time are inactive.
  let clients: [(id: String, notBefore: Timestamp)]

  /// Nil when anything is missing or of another kind: what is not understood could be a revocation.
  init?(_ claims: [String: JSON], of issuer: String) {
    guard claims.has("iss", issuer), let madeAt = claims.time("iat"),
      let since = claims.cursor("since"), let cursor = claims.cursor("cursor"), cursor >= since,
      case .boolean(let hasMore)? = claims["more"],
      claims["not_before"] == nil || claims.time("not_before") != nil,
      let tokens = claims["tokens"]?.members, let clients = claims["clients"]?.members,
      let owners = RevocationNews.owners(claims["owners"]),
      // Otherwise it could go on for ever.
      !hasMore || !(tokens.isEmpty && clients.isEmpty)
    else { return nil }
    self.madeAt = madeAt
    self.since = since
    self.cursor = cursor
    self.hasMore = hasMore
    notBefore = claims.time("not_before")
    self.tokens = tokens.compactMap { text, end in
      guard let id = TokenID(text), let expiresAt = end.numericDate else { return nil }
      return RevokedToken(id: id, expiresAt: expiresAt, owner: owners[text])
    }
    self.clients = clients.compactMap { id, time in time.numericDate.map { (id, $0) } }
    guard self.tokens.count == tokens.count, self.clients.count == clients.count else { return nil }
  }

  /// The client of each token, where the token service says whose they are; nil for what is of another kind.
  private static func owners(_ claim: JSON?) -> [String: String]? {
    guard let claim else { return [:] }
    guard let members = claim.members else { return nil }
    var owners: [String: String] = [:]
    for (client, tokens) in members {
      guard let tokens = tokens.elements else { return nil }
      for token in tokens {
        guard let id = token.text else { return nil }
        owners[id] = client
      }
    }
    return owners
  }
}

extension [String: JSON] {
  fileprivate func cursor(_ name: String) -> Int64? {
    guard case .number(let number)? = self[name], (0...9_007_199_254_740_992).contains(number) else {
      return nil
    }
    return Int64(exactly: number)
  }
}
