package import TesseraSupport

/// Which tokens are revoked, for APIs that verify JWTs offline: a signed list that may be kept for a second.
///
/// `since` is the cursor of the answer before, and gives what has come since, with what stands on the same page. Not part
/// of any RFC.
package struct RevocationFeedEndpoint: Endpoint {
  package let path = "/oauth2/revocations"
  package let metadataMember: StaticString? = "revocation_feed_endpoint"
  /// How long an answer may be kept, in seconds: added to what a revocation takes to be heard of elsewhere.
  private static let lifetime = 1

  private let pages: RevocationPages
  private let trustedPeers: [AddressRange]?
  private let errors: RFC6749Errors
  private let making = OneTimeStep<PublicDocument>()

  /// `trustedPeers` are the APIs that may ask; nil for anybody.
  package init(
    replica: Replica,
    issuer: String,
    trustedPeers: [AddressRange]?,
    clock: WallClock,
    errors: RFC6749Errors
  ) {
    self.init(
      RevocationPages(replica: replica, issuer: issuer, clock: clock),
      trustedPeers: trustedPeers,
      errors: errors
    )
  }

  /// With pages that all event loops share.
  init(
    _ pages: RevocationPages,
    trustedPeers: [AddressRange]?,
    errors: RFC6749Errors
  ) {
    self.pages = pages
    self.trustedPeers = trustedPeers
    self.errors = errors
  }

  /// What was made for this request is its answer, though there may be more by the time it is made.
  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    if let made = try exchange.outcome(of: making) { return response(made, to: exchange.request) }
    let cursor = try cursor(in: exchange.request)
    if let page = try pages.page(since: cursor) { return response(page, to: exchange.request) }
    let page = try exchange.once(making, awaiting: .revocationPage) { [pages] () async throws(OAuthError) in
      do throws(Interruption) {
        return try await pages.makePage(since: cursor)
      } catch .refused(let refusal) {
        throw refusal
      } catch {
        throw .temporarilyUnavailable("the feed waits for the store")
      }
    }
    return response(page, to: exchange.request)
  }

  private func response(_ page: PublicDocument, to request: EndpointRequest) -> EndpointResponse {
    page.response(to: request, lifetime: RevocationFeedEndpoint.lifetime, contentType: "application/jwt")
  }

  private func cursor(in request: EndpointRequest) throws(Interruption) -> Int64 {
    try request.requirePeer(in: trustedPeers, named: "revocations.trusted-peers")
    try request.requireRead()
    return try Interruption.refusing { () throws(OAuthError) in
      let parameters = try FormRequest.parse(
        Array((request.query ?? "").utf8),
        FormRequest.Vocabulary([.since])
      )
      guard let text = parameters[.since] else { return 0 }
      guard let cursor = Int64(text), cursor >= 0 else { throw OAuthError(.invalidRequest, .malformedCursor) }
      return cursor
    }
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.response(for: error) }
}
