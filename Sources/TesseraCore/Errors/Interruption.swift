/// Why an endpoint could not go on to its answer.
package enum Interruption: Error {
  /// The request is refused.
  case refused(OAuthError)
  /// Something has to be fetched or computed first; afterwards the request is tried from the start, and
  /// finds it in memory. What the work throws is the answer.
  ///
  /// `what` is for the log, should it take too long.
  case awaiting(_ what: Awaited = .store, @Sendable () async throws(OAuthError) -> Void)

  /// Does what throws an `OAuthError` where an interruption is thrown.
  static func refusing<Value>(_ body: () throws(OAuthError) -> Value) throws(Interruption) -> Value {
    do throws(OAuthError) {
      return try body()
    } catch {
      throw .refused(error)
    }
  }
}
