/// What a request waits for.
package enum Awaited: Sendable {
  /// What is read from the store, or written to it.
  case store
  /// The comparison of a presented secret with an imported one, by scrypt.
  case secretStretching
  /// A page of the feed of revocations, which is made and signed off the event loop.
  case revocationPage
  /// The keys that a client publishes.
  case publishedKeys
  /// The signatures that lead from a certificate to an authority.
  case certificate

  /// The refusal of a request whose deadline was faster, with what was late in its private detail.
  package var isLate: OAuthError {
    switch self {
    case .store: .temporarilyUnavailable("the store did not answer in time")
    case .secretStretching: .temporarilyUnavailable("an imported secret was not compared in time")
    case .publishedKeys: .temporarilyUnavailable("the keys of the client were not fetched in time")
    case .certificate: .temporarilyUnavailable("a certificate was not judged in time")
    case .revocationPage: .temporarilyUnavailable("a page of revocations was not made in time")
    }
  }
}
