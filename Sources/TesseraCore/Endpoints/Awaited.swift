/// What a request waits for.
package enum Awaited: Sendable {
  /// What is read from the store, or written to it.
  case store
  /// The comparison of a presented secret with an imported one, by scrypt.
  case secretStretching

  /// The refusal of a request whose deadline was faster, with what was late in its private detail.
  package var isLate: OAuthError {
    switch self {
    case .store: .temporarilyUnavailable("the store did not answer in time")
    case .secretStretching: .temporarilyUnavailable("an imported secret was not compared in time")
    }
  }
}
