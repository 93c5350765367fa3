/// A client that has proven who it is, and was admitted.
///
/// Only `ClientAuthentication` makes one.
package struct AuthenticatedClient: Sendable {
  /// The client, as the replica has it.
  package let cached: CachedClient
  /// The method by which it authenticated.
  package let method: ClientAuthenticationMethod

  /// Its registration.
  package var registration: Client { cached.client }
  /// Its identifier.
  package var id: ClientID { registration.id }

  /// This error, with the client in it for the log, and its method for the metrics.
  func refusal(_ error: OAuthError) -> OAuthError {
    var error = error
    error.clientID = id
    error.authenticationMethod = method
    return error
  }

  fileprivate init(cached: CachedClient, method: ClientAuthenticationMethod) {
    self.cached = cached
    self.method = method
  }
}

/// Admits clients: finds the one method that a request presents (RFC 6749 §2.3), lets it prove who the client is, and
/// asks what is asked of every client.
///
/// Unknown client, failed proof, expired credential, disabled client and wrong method take the same path and give the
/// same answer.
package struct ClientAuthentication: Sendable {
  private let authenticators: [any ClientAuthenticator]
  private let replica: ReplicaReader
  private let limiter: FailureLimiter
  private let slowProofs = OneTimeStep<BegunProof?>()

  package init(_ authenticators: [any ClientAuthenticator], replica: ReplicaReader, limiter: FailureLimiter) {
    self.authenticators = authenticators
    self.replica = replica
    self.limiter = limiter
  }

  /// The supported methods, each once.
  var methods: [ClientAuthenticationMethod] { authenticators.flatMap(\.methods).withoutRepeats }

  /// What may sign for them, each once.
  var signingAlgorithms: [String] { authenticators.flatMap(\.signingAlgorithms).withoutRepeats }

  /// What an endpoint with these parameters of its own knows, with those of all methods.
  func vocabulary(
    _ own: [ParameterName],
    repeatable: [ParameterName] = []
  ) -> FormRequest.Vocabulary {
    FormRequest.Vocabulary(own + authenticators.flatMap(\.parameters), repeatable: repeatable)
  }

  /// The first steps of every endpoint that takes an authenticated form: method, content type, strict
  /// parsing, authentication.
  func authenticatedForm(
    _ exchange: inout Exchange,
    _ vocabulary: FormRequest.Vocabulary
  ) throws(Interruption) -> (client: AuthenticatedClient, parameters: FormParameters) {
    let form: FormParameters
    do throws(OAuthError) {
      form = try exchange.form(vocabulary)
    } catch {
      throw .refused(error)
    }
    if let client = exchange.client { return (client, form) }
    let client = try authenticate(form, &exchange)
    exchange.client = client
    return (client, form)
  }

  private func authenticate(
    _ form: FormParameters,
    _ exchange: inout Exchange
  ) throws(Interruption) -> AuthenticatedClient {
    var progress: AuthenticationProgress
    if let known = exchange.authentication.take() {
      progress = known
    } else {
      progress = try begin(form, exchange.request)
    }
    let cached: CachedClient
    do throws(Interruption) {
      cached = try admit(&progress, &exchange)
    } catch {
      exchange.authentication = progress
      guard case .refused(var refusal) = error else { throw error }
      refusal.authenticationMethod = progress.authenticator.method
      throw .refused(refusal)
    }
    if let claimed = form.bytes(.clientID), ClientID(bytes: claimed) != cached.client.id {
      throw .refused(OAuthError(.invalidRequest, .clientIDMismatch))
    }
    return AuthenticatedClient(cached: cached, method: progress.authenticator.method(of: cached))
  }

  /// What the request presents.
  ///
  /// Two methods in one request are refused (RFC 6749 §2.3).
  private func begin(
    _ form: FormParameters,
    _ request: EndpointRequest
  ) throws(Interruption) -> AuthenticationProgress {
    let request = ClientAuthenticationRequest(request, form)
    var presented: (any ClientAuthenticator)?
    var implied: (any ClientAuthenticator)?
    for authenticator in authenticators where authenticator.isPresented(in: request) {
      guard !authenticator.yieldsToOthers else {
        implied = authenticator
        continue
      }
      guard presented == nil, request.authorization.count <= 1 else {
        throw .refused(OAuthError(.invalidRequest, .severalAuthenticationMethods))
      }
      presented = authenticator
    }
    guard let authenticator = presented ?? implied else {
      // An ID without a secret is half of the credentials in the form.
      throw .refused(form.has(.clientID) ? OAuthError(.invalidClient, .credentialsMissing) : .noCredentials)
    }
    let claims = try Interruption.refusing { () throws(OAuthError) in try authenticator.claims(in: request) }
    return AuthenticationProgress(authenticator: authenticator, claims: claims)
  }

  /// The client that one of the claims is proven for, and that is admitted.
  private func admit(
    _ progress: inout AuthenticationProgress,
    _ exchange: inout Exchange
  ) throws(Interruption) -> CachedClient {
    while let claim = progress.nextClaim {
      let candidate = try candidate(for: claim, &progress, from: exchange.request.source)
      let proof = try claim.prove(candidate.client, &exchange)
      let objection = Objection(
        to: candidate.client,
        by: progress.authenticator.method(of: candidate.client),
        proof,
        from: exchange.request.source,
        at: exchange.time
      )
      if candidate.isKnown, case .holds = proof.outcome, objection == nil {
        let isNew = noteUse(of: proof.secret, by: candidate.client, exchange)
        if isNew || limiter.mayHoldUp { limiter.recordSuccess(candidate.attempt) }
        return candidate.client
      }
      progress.fail(candidate, proof, objection)
    }
    return try admitSlowly(&progress, &exchange)
  }

  /// The client that a claim is about, or what stands for it, where the limit on guesses allows an attempt.
  ///
  /// For one with a secret that somebody chose there is a limit more.
  private func candidate(
    for claim: ClientClaim,
    _ progress: inout AuthenticationProgress,
    from source: SourceAddress
  ) throws(Interruption) -> AdmissionCandidate {
    if let candidate = progress.candidate { return candidate }
    var attempt = FailureLimiter.Attempt(clientID: claim.clientID, source: source)
    if !progress.isAllowed { try checkLimit(attempt) }
    progress.isAllowed = true
    let (client, isKnown) = try replica.clientOrDecoy(claim.clientID)
    if client.hasSlowSecret {
      attempt.isGuessable = true
      try checkLimit(attempt)
    }
    let candidate = AdmissionCandidate(attempt: attempt, client: client, isKnown: isKnown)
    progress.candidate = candidate
    return candidate
  }

  private func checkLimit(_ attempt: FailureLimiter.Attempt) throws(Interruption) {
    if let wait = limiter.secondsToWait(attempt) { throw .refused(.slowDown(retryAfter: wait)) }
  }

  /// Waits for the proofs that take long, where no claim was proven at once.
  ///
  /// A failure is counted before and taken back on success, so that many guesses at once are many failures.
  private func admitSlowly(
    _ progress: inout AuthenticationProgress,
    _ exchange: inout Exchange
  ) throws(Interruption) -> CachedClient {
    let slow: [BegunProof]
    if let begun = progress.slowProofs { slow = begun } else { slow = try beginSlowProofs(progress.failures) }
    progress.slowProofs = slow
    guard !slow.isEmpty else {
      for attempt in Set(progress.failures.map(\.candidate.attempt)) { limiter.recordFailure(attempt) }
      throw .refused(progress.refusal())
    }
    let proven = try exchange.once(slowProofs, awaiting: .secretStretching) {
      () async throws(OAuthError) -> BegunProof? in
      for proof in slow where await proof.proof.holds() { return proof }
      return nil
    }
    guard let proven else { throw .refused(progress.refusal()) }
    let failure = progress.failures[proven.claim]
    guard failure.objection == nil else {
      if !proven.proof.isNew { limiter.recordFailure(failure.candidate.attempt) }
      throw .refused(progress.refusal(proven: proven.claim))
    }
    limiter.recordSuccess(failure.candidate.attempt, wasCounted: proven.proof.isNew)
    _ = noteUse(of: proven.proof.secret(), by: failure.candidate.client, exchange)
    return failure.candidate.client
  }

  /// False for a use like the one before, of which the limit on guesses was told.
  private func noteUse(of secret: String?, by client: CachedClient, _ exchange: borrowing Exchange) -> Bool {
    guard let secret else { return true }
    return replica.notes.noteUse(of: secret, of: client, from: exchange.request.source, at: exchange.time)
  }

  private func beginSlowProofs(_ failures: [AdmissionFailure]) throws(Interruption) -> [BegunProof] {
    var begun: [BegunProof] = []
    for (claim, failure) in failures.enumerated() {
      guard case .undecided(_, let begin) = failure.proof.outcome else { continue }
      let proof = try Interruption.refusing(begin)
      if proof.isNew { limiter.recordFailure(failure.candidate.attempt) }
      begun.append(BegunProof(claim: claim, proof: proof))
    }
    return begun
  }
}

extension Array where Element: Hashable {
  /// Its elements, each where it stands first.
  fileprivate var withoutRepeats: [Element] {
    var known: Set<Element> = []
    return filter { known.insert($0).inserted }
  }
}
