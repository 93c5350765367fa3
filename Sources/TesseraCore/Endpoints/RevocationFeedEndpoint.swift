import Synchronization

/// Which tokens are revoked, for APIs that verify JWTs offline: a signed list that may be kept for a second.
///
/// `since` is the cursor of the answer before, and gives only what has come since. Not part of any RFC.
package final class RevocationFeedEndpoint: Endpoint {
  package let path = "/oauth2/revocations"
  package let metadataMember: StaticString? = "revocation_feed_endpoint"
  /// How long an answer may be kept, in seconds: added to what a revocation takes to be heard of elsewhere.
  private static let lifetime = 1

  private let directory: Directory
  private let document: RevocationDocument
  private let trustedPeers: [AddressRange]?
  private let clock: WallClock
  private let errors: StandardErrors
  /// Answers by cursor, for as long as nothing changes and they are fresh, so that many verifiers cost one
  /// signature.
  private let cached = Mutex<(version: Directory.RevocationVersion, second: Int64, [Int64: PublicDocument])?>(
    nil
  )

  /// `trustedPeers` are the APIs that may ask; nil for anybody.
  package init(
    directory: Directory,
    issuer: String,
    trustedPeers: [AddressRange]?,
    clock: WallClock,
    errors: StandardErrors
  ) {
    self.directory = directory
    self.trustedPeers = trustedPeers
    self.clock = clock
    self.errors = errors
    document = RevocationDocument(issuer: issuer)
  }

  package func respond(to request: EndpointRequest) throws(Interruption) -> EndpointResponse {
    try request.requirePeer(in: trustedPeers, named: "revocations.trusted-peers")
    try request.requireRead()
    let since = try Interruption.refusing { () throws(OAuthError) in
      try RevocationFeedEndpoint.cursor(in: request)
    }
    return try answer(since: since).response(
      to: request,
      lifetime: RevocationFeedEndpoint.lifetime,
      contentType: "application/jwt"
    )
  }

  private static func cursor(in request: EndpointRequest) throws(OAuthError) -> Int64 {
    let parameters = try FormRequest.parse(
      Array((request.query ?? "").utf8),
      FormRequest.Vocabulary([.since])
    )
    guard let text = parameters[.since] else { return 0 }
    guard let cursor = Int64(text), cursor >= 0 else { throw OAuthError(.invalidRequest, .malformedCursor) }
    return cursor
  }

  private func answer(since cursor: Int64) throws(Interruption) -> PublicDocument {
    let version = try directory.revocationVersion()
    let now = clock.now
    let second = now.milliseconds / 1000
    let known = cached.withLock { cached -> PublicDocument? in
      guard let cached, cached.version == version, cached.second == second else { return nil }
      return cached.2[cursor]
    }
    if let known { return known }
    let facts = try directory.facts()
    let page = try directory.revocations(since: cursor)
    let made = try Interruption.refusing { () throws(OAuthError) in
      PublicDocument(try document.encode(page, facts: facts, at: now))
    }
    cached.withLock { cached in
      if cached?.version != version || cached?.second != second { cached = (version, second, [:]) }
      // Whoever makes cursors up gets no more memory than this.
      if cached?.2.count ?? 0 < 100 { cached?.2[cursor] = made }
    }
    return made
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.response(for: error) }
}
