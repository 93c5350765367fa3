import CoreMetrics
import TesseraFetching
import TesseraJOSE
import TesseraSupport

/// Reads the revocation feed: signed documents, of which only what the token service itself said to this question
/// counts.
struct RevocationFeedReader: Sendable {
  /// How old a document may be, in seconds; the token service lets caches keep it for one.
  private static let maximumAge: Int64 = 60

  let keys: KeySource
  let settings: AccessTokenVerifier.Settings
  let wallClock: WallClock
  let metrics: GuardMetrics

  /// What was revoked after the cursor; nil when the token service has no feed and need not have one.
  func news(since cursor: Int64) async throws(FetchFailure) -> RevocationBatch? {
    guard let url = try await keys.copy().publication.revocationFeedURL else {
      if settings.requiresRevocationFeed { throw FetchFailure(.noRevocationFeed, of: .metadata) }
      return nil
    }
    var batch = RevocationBatch(since: cursor)
    while true {
      let part = try await part(of: url, since: batch.cursor)
      guard batch.add(part) else { throw FetchFailure(.untrustedAnswer, of: .revocationFeed) }
      guard batch.makeRoom(settings.maximumRevocations, at: wallClock.now) else {
        throw FetchFailure(.tooManyRevocations, of: .revocationFeed)
      }
      if !part.hasMore { return batch }
    }
  }

  private func part(of url: String, since cursor: Int64) async throws(FetchFailure) -> RevocationNews {
    metrics.revocationFetches.increment()
    let separator = url.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
    let document = try await keys.loader.document(
      at: "\(url)\(separator)since=\(cursor)",
      of: .revocationFeed,
      upTo: RevocationNews.maximumSize
    )
    let news = try await verified(document.bytes)
    let age = wallClock.now.milliseconds - news.madeAt.milliseconds
    guard abs(age) <= RevocationFeedReader.maximumAge * 1000 else {
      throw FetchFailure(.untimelyAnswer, of: .revocationFeed)
    }
    return news
  }

  private func verified(_ bytes: [UInt8]) async throws(FetchFailure) -> RevocationNews {
    guard let text = JWS(bytes, types: [JWTType.revocations], algorithms: settings.algorithms),
      try await keys.signer(of: text) != nil
    else { throw FetchFailure(.untrustedAnswer, of: .revocationFeed) }
    guard let claims = text.claims, let news = RevocationNews(claims, of: keys.issuer) else {
      throw FetchFailure(.malformedAnswer, of: .revocationFeed)
    }
    return news
  }
}
