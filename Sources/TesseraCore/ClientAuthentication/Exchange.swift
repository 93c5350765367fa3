package import TesseraJOSE

/// A request on the way to its answer, and what has been achieved for it.
///
/// Where something is missing, a step throws `Interruption.awaiting`. When that is done the endpoint takes its steps
/// from the first again, with the same exchange, and each that was achieved gives what it gave before: nothing is parsed,
/// proven, counted or written twice. It cannot be copied, so that no copy lacks what another has done.
package struct Exchange: ~Copyable, Sendable {
  /// What was asked.
  package let request: EndpointRequest
  /// What the server knew when it was asked, and when that was.
  package var view: ServerView
  /// The client that it comes from, once `ClientAuthentication` has admitted it.
  var client: AuthenticatedClient?
  /// What the quota of the client says of it, once that was asked; nil for a client without one.
  var quota: QuotaOutcome?
  /// What the next DPoP proof of its sender has to have in it; nil where it brought none or needs no nonce.
  var proofNonce: String?
  /// How far the authentication of a client has got that waits.
  var authentication: AuthenticationProgress?
  /// The parameters of the form, once it was parsed.
  private(set) var form: FormParameters?
  private var outcomes: [any Sendable & AnyObject] = []

  /// The exchange of a request that came at this time.
  package init(_ request: EndpointRequest, at time: Timestamp) {
    self.request = request
    view = ServerView(at: time)
  }

  /// When the request came: the only time that its steps go by.
  package var time: Timestamp { view.time }

  /// The parameters of the form that was posted.
  mutating func form(_ vocabulary: FormRequest.Vocabulary) throws(OAuthError) -> FormParameters {
    if let form { return form }
    let parsed = try FormRequest.parameters(of: request, vocabulary)
    form = parsed
    return parsed
  }

  /// What `work` comes to, which is done once: the claim of a `jti`, say, or of a part of a quota.
  ///
  /// Its value, or its refusal, is that of this step for the rest of the exchange.
  package mutating func once<Value>(
    _ step: OneTimeStep<Value>,
    awaiting what: Awaited = .store,
    _ work: @escaping @Sendable () async throws(OAuthError) -> Value
  ) throws(Interruption) -> Value {
    if let value = try outcome(of: step) { return value }
    let outcome: StepOutcome<Value>
    if let known = known(step) {
      outcome = known
    } else {
      outcome = StepOutcome(of: step)
      outcomes.append(outcome)
    }
    throw .awaiting(what) { await outcome.complete(work) }
  }

  /// What a step came to; nil as long as it was not taken.
  package func outcome<Value>(of step: OneTimeStep<Value>) throws(Interruption) -> Value? {
    guard let result = known(step)?.result else { return nil }
    return try Interruption.refusing(result.get)
  }

  private func known<Value>(_ step: OneTimeStep<Value>) -> StepOutcome<Value>? {
    for case let outcome as StepOutcome<Value> in outcomes where outcome.step === step { return outcome }
    return nil
  }
}
