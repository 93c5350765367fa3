import TesseraFetching

extension TokenRequestError {
  /// What it means that an exchange failed.
  init(_ failure: ServiceExchange.Failure) {
    switch failure {
    case .redirected:
      self.init(.malformedAnswer, message: "the token service redirects elsewhere, which is not followed")
    case .tooLarge:
      self.init(.malformedAnswer, message: "the token service sent an answer that is too large")
    case .timedOut:
      self.init(.timedOut, message: "the token service did not answer in time")
    case .unreachable(let reason):
      self.init(.unreachable, message: "the token service cannot be reached: \(reason)")
    }
  }
}
