/// The token service has not given what was asked for.
struct FetchFailure: Error {
  let outage: Outage
  /// How long the token service wants to be left alone; zero when it has not said so.
  let pause: Duration

  init(_ reason: Outage.Reason, of source: Outage.Source, pause: Duration = .zero) {
    self.init(Outage(reason, of: source, retryAfter: max(.seconds(1), pause)), pause: pause)
  }

  init(_ outage: Outage, pause: Duration = .zero) {
    self.outage = outage
    self.pause = pause
  }
}
