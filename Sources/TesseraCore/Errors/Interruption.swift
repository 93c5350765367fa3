/// Why an endpoint could not go on to its answer.
package enum Interruption: Error {
  /// What is waited for; what it throws is the answer.
  package typealias Work = @Sendable () async throws(OAuthError) -> Void

  /// The request is refused.
  case refused(OAuthError)
  /// Something has to be fetched or computed first; afterwards the steps are taken again, and find it.
  ///
  /// `what` is for the log, should it take too long.
  case awaiting(_ what: Awaited = .store, Work)

  /// Does what throws an `OAuthError` where an interruption is thrown.
  package static func refusing<Value>(_ body: () throws(OAuthError) -> Value) throws(Interruption) -> Value {
    do throws(OAuthError) {
      return try body()
    } catch {
      throw .refused(error)
    }
  }
}
