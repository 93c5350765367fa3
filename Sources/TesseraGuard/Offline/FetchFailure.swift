import TesseraFetching

/// The token service has not given what was asked for.
struct FetchFailure: Error {
  let outage: Outage
  /// How long the token service wants to be left alone; zero when it has not said so.
  let pause: Duration

  init(_ reason: Outage.Reason, of source: Outage.Source, pause: Duration = .zero) {
    outage = Outage(reason, of: source, retryAfter: max(.seconds(1), pause))
    self.pause = pause
  }

  /// A document could not be fetched; `longestPause` bounds how long the token service is left alone.
  init(_ failure: DocumentFetcher.Failure, of source: Outage.Source, longestPause: Duration) {
    switch failure {
    case .exchange(let failure): self.init(Outage.Reason(failure), of: source)
    case .status(let status, let seconds):
      let pause = status == 429 || status == 503 ? min(.seconds(max(0, seconds ?? 0)), longestPause) : .zero
      self.init(Outage.Reason(status: status), of: source, pause: pause)
    }
  }
}

extension Outage.Reason {
  /// What it means that an exchange failed.
  init(_ failure: ServiceExchange.Failure) {
    switch failure {
    case .redirected, .tooLarge: self = .malformedAnswer
    case .timedOut: self = .timedOut
    case .unreachable: self = .unreachable
    }
  }

  /// What an answer means that is none to what was asked.
  init(status: Int) {
    switch status {
    case 429, 500...599: self = .failed(status: status)
    case 400...499: self = .refused(status: status)
    default: self = .malformedAnswer
    }
  }
}
