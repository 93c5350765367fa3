import TesseraJOSE

/// Decides whether a token is active now: opens it and applies every rule, the strictest of which wins.
package struct TokenInspector: Sendable {
  /// The state of a token.
  package enum Verdict: Sendable, Equatable {
    /// It is valid.
    case active(OpenedToken)
    /// It is ours, but not valid.
    case inactive(OpenedToken, Reason)
    /// No key of ours sealed it for this issuer: foreign, altered, cut short, or not a token at all.
    case unreadable
  }

  /// Why a token of ours is not valid.
  ///
  /// For operators only.
  package enum Reason: String, Sendable {
    case expired = "expired"
    case issuedInFuture = "issued in the future"
    case revoked = "revoked"
    case clientUnknown = "the client does not exist"
    case issuedBeforeClient = "issued before its client was registered"
    case clientAheadOfClock = "its client was registered at a time that is ahead of this machine's clock"
    case clientDisabled = "the client is disabled"
    case clientTokensRevoked = "all tokens of the client up to then were revoked"
    case allTokensRevoked = "all tokens of the server up to then were revoked"
    case notBeforeAheadOfClock = "tokens are revoked up to a time that is ahead of this machine's clock"
  }

  /// How far ahead of this machine's clock another node's may be, in seconds.
  private static let clockSkew: Int64 = 60

  /// What it knows of the store.
  package let replica: ReplicaReader
  private let formats: [any AccessTokenFormat]

  package init(replica: ReplicaReader, formats: [any AccessTokenFormat]) {
    self.replica = replica
    self.formats = formats
  }

  /// The state of this token.
  ///
  /// A token that fails its tag costs no I/O.
  package func inspect(
    _ token: Substring.UTF8View,
    _ view: inout ServerView
  ) throws(Interruption) -> Verdict {
    guard let opened = try open(token, &view) else { return .unreadable }
    let reason = try reasonAgainst(opened, &view)
    return reason.map { .inactive(opened, $0) } ?? .active(opened)
  }

  /// What a token of ours says, valid or not; nil for anything else.
  package func open(
    _ token: Substring.UTF8View,
    _ view: inout ServerView
  ) throws(Interruption) -> OpenedToken? {
    let keyRing = try view.facts(of: replica).keyRing
    for format in formats {
      if let opened = format.open(token, with: keyRing) { return opened }
    }
    return nil
  }

  private func reasonAgainst(
    _ token: OpenedToken,
    _ view: inout ServerView
  ) throws(Interruption) -> Reason? {
    let now = view.time
    let issuedAt = token.grant.issuedAt
    if now >= token.grant.expiresAt { return .expired }
    if issuedAt > now.advanced(bySeconds: TokenInspector.clockSkew) { return .issuedInFuture }
    if try replica.isRevoked(token.id) { return .revoked }
    if let notBefore = try view.facts(of: replica).serverState.tokensNotBefore, issuedAt < notBefore {
      return isAhead(notBefore, of: now) ? .notBeforeAheadOfClock : .allTokensRevoked
    }
    guard let client = try view.client(token.grant.clientID, of: replica)?.client else {
      return .clientUnknown
    }
    // A client that was deleted and registered again under its old ID.
    if issuedAt < client.createdAt {
      return isAhead(client.createdAt, of: now) ? .clientAheadOfClock : .issuedBeforeClient
    }
    if !client.isEnabled { return .clientDisabled }
    if let notBefore = client.tokensNotBefore, issuedAt < notBefore {
      return isAhead(notBefore, of: now) ? .notBeforeAheadOfClock : .clientTokensRevoked
    }
    return nil
  }

  /// A revocation that is further ahead than the clocks of nodes may differ.
  private func isAhead(_ time: Timestamp, of now: Timestamp) -> Bool {
    time > now.advanced(bySeconds: TokenInspector.clockSkew)
  }
}
