/// Takes steps until they come to an end, and does in between what they wait for.
package enum Rounds {
  /// Bounded, because a request that needs one thing after another without end must not run for ever.
  private static let most = 8

  /// What the steps come to.
  ///
  /// `work` is what they wait for already. `onWaiting` is told of all else.
  package static func run<Value>(
    after work: Interruption.Work? = nil,
    onWaiting: (Awaited) -> Void = { _ in },
    _ steps: () throws(Interruption) -> Value
  ) async throws(OAuthError) -> Value {
    var work = work
    for _ in 0..<most {
      try await work?()
      do throws(Interruption) {
        return try steps()
      } catch {
        switch error {
        case .refused(let refusal): throw refusal
        case .awaiting(let what, let more):
          onWaiting(what)
          work = more
        }
      }
    }
    throw .temporarilyUnavailable("the directory changed faster than it could be read")
  }
}
