import TesseraJOSE

/// How far the authentication of a client has got.
struct AuthenticationProgress: Sendable {
  let authenticator: any ClientAuthenticator
  private let claims: [ClientClaim]
  /// Those of the claims that were not proven, or whose client is not admitted.
  private(set) var failures: [AdmissionFailure] = []
  /// Whether the limit on guesses allows the next claim.
  var isAllowed = false
  /// The client of the next claim, once it was looked up.
  var candidate: AdmissionCandidate?
  /// The proofs that take long, once they were begun.
  var slowProofs: [BegunProof]?

  init(authenticator: any ClientAuthenticator, claims: [ClientClaim]) {
    self.authenticator = authenticator
    self.claims = claims
  }

  /// The claim that is looked at; nil after the last.
  var nextClaim: ClientClaim? { failures.count < claims.count ? claims[failures.count] : nil }

  /// The first client that exists of those that the request claims to come from.
  var refusedClient: CachedClient? {
    for failure in failures where failure.candidate.isKnown { return failure.candidate.client }
    guard let candidate, candidate.isKnown else { return nil }
    return candidate.client
  }

  /// Goes on to the next claim.
  mutating func fail(_ candidate: AdmissionCandidate, _ proof: Proof, _ objection: Objection?) {
    failures.append(AdmissionFailure(candidate: candidate, proof: proof, objection: objection))
    isAllowed = false
    self.candidate = nil
  }

  /// The refusal of the request, about the first client that exists.
  ///
  /// `proven` is the claim that was proven in the end, and not admitted.
  func refusal(proven: Int? = nil) -> OAuthError {
    guard let claim = failures.firstIndex(where: { $0.candidate.isKnown }) else {
      return authenticator.refusal(privateDetail: "unknown client")
    }
    var refusal = authenticator.refusal(privateDetail: failures[claim].reason(isProven: claim == proven))
    refusal.clientID = failures[claim].candidate.client.client.id
    return refusal
  }
}

/// A client that a request claims to come from.
struct AdmissionCandidate: Sendable {
  let attempt: FailureLimiter.Attempt
  let client: CachedClient
  /// Whether the client exists, as opposed to its stand-in.
  let isKnown: Bool
}

/// A claim whose client was not admitted.
struct AdmissionFailure: Sendable {
  let candidate: AdmissionCandidate
  let proof: Proof
  let objection: Objection?

  fileprivate func reason(isProven: Bool) -> String {
    switch proof.outcome {
    case .fails(let reason): reason
    case .undecided(let reason, _): isProven ? objection?.rawValue ?? reason : reason
    case .holds: objection?.rawValue ?? ""
    }
  }
}

/// A proof that takes long, of one of the claims.
struct BegunProof: Sendable {
  let claim: Int
  let proof: SlowProof
}

/// Why a client is not admitted that has proven who it is.
///
/// For the log only.
enum Objection: String, Sendable {
  case disabled = "the client is disabled"
  case expired = "the secret has expired"
  case otherAddress = "the request comes from an address that the client is not allowed"
  case otherMethod = "the client is registered for another authentication method"
  case profile = "the profile of the client has no such authentication method"

  /// Looked for also where the proof fails, so that it takes the same time.
  init?(
    to cached: CachedClient,
    by method: ClientAuthenticationMethod,
    _ proof: Proof,
    from source: SourceAddress,
    at now: Timestamp
  ) {
    if !cached.client.isEnabled {
      self = .disabled
    } else if let expiresAt = proof.expiresAt, now >= expiresAt {
      self = .expired
    } else if !cached.client.allowedAddresses.isEmpty, !cached.client.allows(source) {
      self = .otherAddress
    } else if let registered = cached.client.authenticationMethod, registered != method {
      self = .otherMethod
    } else if let profile = cached.rules.profile, !profile.allows(method) {
      self = .profile
    } else {
      return nil
    }
  }
}
