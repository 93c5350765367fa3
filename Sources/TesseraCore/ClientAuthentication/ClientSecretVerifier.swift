/// An ID and a secret as a request presents them.
package struct PresentedSecret: Sendable {
  let clientID: String
  let secret: String
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
    stretcher = SecretStretcher(hasher: hasher)
  }

  /// The client that one of the presented pairs belongs to.
  ///
  /// There is more than one where a header can be read in two ways.
  func client(
    presenting presented: [PresentedSecret],
    by method: ClientAuthenticationMethod,
    from source: SourceAddress
  ) throws(Interruption) -> Client {
    let attempt = FailureLimiter.Attempt(clientID: presented[0].clientID, source: source)
    if let wait = limiter.secondsToWait(attempt) { throw .refused(.slowDown(retryAfter: wait)) }

    let now = clock.now
    var problem = SecretProblem.unknownClient
    var stretchings: [@Sendable () async -> Bool] = []
    for candidate in presented {
      let digest = hasher.digest(candidate.secret)
      let known = try registration(of: candidate)
      let registration = known ?? CachedClient.decoy
      if let secret = registration.secret(matching: digest) {
        guard let found = SecretProblem(secret, of: registration.client, by: method, at: now) else {
          limiter.recordSuccess(attempt)
          return registration.client
        }
        problem = found
      } else if known != nil {
        problem = .wrongSecret
        if let work = registration.stretching(digest: digest, candidate.secret, now, by: stretcher) {
          stretchings.append(work)
        }
      }
    }
    let refusal = ClientSecretVerifier.refusal(problem, method)
    if !stretchings.isEmpty {
      throw .awaiting { [stretchings] () async throws(OAuthError) in
        for stretching in stretchings where await stretching() { return }
        limiter.recordFailure(attempt)
        throw refusal
      }
    }
    limiter.recordFailure(attempt)
    throw .refused(refusal)
  }

  private func registration(of presented: PresentedSecret) throws(Interruption) -> CachedClient? {
    guard let id = ClientID(presented.clientID) else { return nil }
    return try directory.client(id)
  }

  private static func refusal(_ problem: SecretProblem, _ method: ClientAuthenticationMethod) -> OAuthError {
    method == .clientSecretBasic
      ? .failedBasicAuthentication(privateDetail: problem.rawValue)
      : OAuthError(.invalidClient, .clientAuthenticationFailed, privateDetail: problem.rawValue)
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

  init?(_ secret: StoredSecret, of client: Client, by method: ClientAuthenticationMethod, at now: Timestamp) {
    if !client.isEnabled {
      self = .disabledClient
    } else if !secret.isValid(at: now) {
      self = .expiredSecret
    } else if client.authenticationMethod.map({ $0 != method }) ?? false {
      self = .wrongMethod
    } else {
      return nil
    }
  }
}
