import TesseraJOSE
package import TesseraSupport

/// An ID and a secret as a request presents them.
package struct PresentedSecret: Sendable {
  /// In UTF-8, as the secret is.
  let clientID: ArraySlice<UInt8>
  let secret: ArraySlice<UInt8>
}

/// Checks client secrets.
///
/// Unknown client, wrong secret, expired secret, disabled client and wrong method take the same path
/// through the same hash and give the same answer.
package struct ClientSecretVerifier: Sendable {
  private let directory: Directory
  private let hasher: SecretHasher
  private let stretcher: SecretStretcher
  private let limiter: FailureLimiter
  private let clock: WallClock

  package init(directory: Directory, hasher: SecretHasher, limiter: FailureLimiter, clock: WallClock) {
    self.directory = directory
    self.hasher = hasher
    self.limiter = limiter
    self.clock = clock
    stretcher = SecretStretcher { hasher.stretchedDigest($0, salt: $1) }
  }

  /// The client that one of the presented pairs belongs to.
  ///
  /// There is more than one where a header can be read in two ways.
  func client(
    presenting presented: [PresentedSecret],
    by method: ClientAuthenticationMethod,
    from source: SourceAddress
  ) throws(Interruption) -> CachedClient {
    let now = clock.now
    var failures: [Failure] = []
    for pair in presented {
      let id = ClientID(bytes: pair.clientID)
      var attempt = FailureLimiter.Attempt(clientID: id, source: source)
      if let wait = limiter.secondsToWait(attempt) { throw .refused(.slowDown(retryAfter: wait)) }
      let digest = hasher.digest(pair.secret)
      let (registration, isKnown) = try directory.clientOrDecoy(id)
      if registration.hasStretchedSecret {
        attempt.isGuessable = true
        if let wait = limiter.secondsToWait(attempt) { throw .refused(.slowDown(retryAfter: wait)) }
      }
      let matching = registration.secret(matching: digest)
      // Looked into also where nothing matches, so that it takes the same time.
      let problem = SecretProblem(
        matching ?? registration.client.secrets.first,
        of: registration.client,
        by: method,
        at: now
      )
      if isKnown, matching != nil, problem == nil {
        limiter.recordSuccess(attempt)
        return registration
      }
      failures.append(
        Failure(
          attempt: attempt,
          client: registration,
          isKnown: isKnown,
          digest: digest,
          secret: pair.secret,
          problem: matching == nil ? nil : problem
        )
      )
    }
    try search(failures, method, at: now)
    for attempt in Set(failures.map(\.attempt)) { limiter.recordFailure(attempt) }
    throw .refused(refusal(failures, method))
  }

  /// A presented pair that no keyed digest matches.
  private struct Failure {
    let attempt: FailureLimiter.Attempt
    let client: CachedClient
    /// Whether there is such a client, and not what stands for it.
    let isKnown: Bool
    let digest: SecretDigest
    let secret: ArraySlice<UInt8>
    /// Why a secret that matches is not accepted; nil when none matches.
    let problem: SecretProblem?
  }

  /// Waits for scrypt where a client has stretched secrets that were never presented rightly.
  ///
  /// The failure is counted before and taken back on success, so that many guesses at once are many failures.
  /// What finds no place in the queue is not looked at, and so tells nothing.
  private func search(
    _ failures: [Failure],
    _ method: ClientAuthenticationMethod,
    at now: Timestamp
  ) throws(Interruption) {
    var searches: [(answer: Task<Bool, Never>, attempt: FailureLimiter.Attempt, wasCounted: Bool)] = []
    for failure in failures {
      let client = failure.client
      let candidates = client.unrecognised(at: now)
      guard !candidates.isEmpty, failure.problem == nil else { continue }
      let search = stretcher.search(
        SecretStretcher.Question(clientID: client.client.id, digest: failure.digest),
        secret: String(decoding: failure.secret, as: UTF8.self),
        source: failure.attempt.source,
        candidates: candidates,
        recognise: { client.recognise($0, by: failure.digest) }
      )
      guard let search else {
        throw .refused(.temporarilyUnavailable("too many secrets wait to be stretched"))
      }
      if search.isNew { limiter.recordFailure(failure.attempt) }
      searches.append((search.answer, failure.attempt, search.isNew))
    }
    guard !searches.isEmpty else { return }
    let refusal = refusal(failures, method)
    throw .awaiting(.secretStretching) { [searches, limiter] () async throws(OAuthError) in
      for search in searches where await search.answer.value {
        limiter.recordSuccess(search.attempt, wasCounted: search.wasCounted)
        return
      }
      throw refusal
    }
  }

  private func refusal(_ failures: [Failure], _ method: ClientAuthenticationMethod) -> OAuthError {
    let failure = failures.first { $0.isKnown }
    let problem = failure.map { $0.problem ?? .wrongSecret } ?? .unknownClient
    var refusal =
      method == .clientSecretBasic
      ? OAuthError.failedBasicAuthentication(privateDetail: problem.rawValue)
      : OAuthError(.invalidClient, .clientAuthenticationFailed, privateDetail: problem.rawValue)
    refusal.clientID = failure?.client.client.id
    return refusal
  }
}

/// Why a secret was not accepted.
///
/// For the log only.
private enum SecretProblem: String {
  case unknownClient = "unknown client"
  case wrongSecret = "wrong secret"
  case expiredSecret = "the secret has expired"
  case disabledClient = "the client is disabled"
  case wrongMethod = "the client is registered for another authentication method"

  init?(_ secret: StoredSecret?, of client: Client, by method: ClientAuthenticationMethod, at now: Timestamp)
  {
    if !client.isEnabled {
      self = .disabledClient
    } else if secret?.isValid(at: now) == false {
      self = .expiredSecret
    } else if client.authenticationMethod.map({ $0 != method }) ?? false {
      self = .wrongMethod
    } else {
      return nil
    }
  }
}
