import TesseraFetching

extension TokenRequestError {
  /// What it means that an exchange failed.
  init(_ failure: ServiceExchange.Failure, asking name: String = "the token service") {
    switch failure {
    case .redirected:
      self.init(.malformedAnswer, message: "\(name) redirects elsewhere, which is not followed")
    case .tooLarge:
      self.init(.malformedAnswer, message: "\(name) sent an answer that is too large")
    case .timedOut:
      self.init(.timedOut, message: "\(name) did not answer in time")
    case .unreachable(let reason):
      self.init(.unreachable, message: "\(name) cannot be reached: \(reason)")
    }
  }
}
