import CoreMetrics
import Crypto
import Synchronization
import TesseraJOSE
import TesseraSupport

/// Verifies JWT access tokens by the keys of the token service, and by what it tells of revocations.
final class OfflineVerification: VerificationStrategy {
  private let rules: TokenRules
  private let keys: KeySource
  private let revocations: RevocationSource
  private let clockSkew: Int64
  private let wallClock: WallClock
  private let metrics: GuardMetrics
  /// Tokens whose signature was verified, so that it need not be again.
  private let verified: Mutex<ExpiringTable<SignedToken>>
  private let follower = Mutex<Task<Void, Never>?>(nil)
  private let isFollowing = Atomic<Bool>(false)

  init(
    rules: TokenRules,
    keys: KeySource,
    revocations: RevocationSource,
    settings: AccessTokenVerifier.Settings,
    wallClock: WallClock,
    metrics: GuardMetrics
  ) {
    self.rules = rules
    self.keys = keys
    self.revocations = revocations
    clockSkew = settings.clockSkew.milliseconds
    self.wallClock = wallClock
    self.metrics = metrics
    verified = Mutex(ExpiringTable(capacity: settings.maximumTokens))
  }

  deinit {
    follower.withLock { $0?.cancel() }
  }

  /// How many callers wait for keys or for the revocation feed.
  var waiterCount: Int { keys.waiterCount + revocations.waiterCount }
  /// How many revocations are remembered.
  var revocationCount: Int { revocations.count }

  func verdict(on token: String) async -> AccessTokenVerifier.Verdict {
    guard rules.isWellFormed(token) else { return .failure(.invalidToken) }
    if !isFollowing.load(ordering: .relaxed) { follow() }
    let digest = SHA256.hash(data: Array(token.utf8))
    if let known = known(digest) {
      metrics.cacheHits.increment()
      return await verdict(on: known)
    }
    guard let text = rules.open(token) else { return .failure(.invalidToken) }
    do throws(FetchFailure) {
      guard let key = try await keys.signer(of: text), let token = rules.token(text, signedBy: key) else {
        return .failure(.invalidToken)
      }
      keep(token, digest)
      return await verdict(on: token)
    } catch {
      return .failure(.unavailable(error.outage))
    }
  }

  /// What is right about a token for good was looked at; this is what changes.
  private func verdict(on token: SignedToken) async -> AccessTokenVerifier.Verdict {
    guard isTimely(token) else { return .failure(.invalidToken) }
    var verdict = revocations.verdict(on: token)
    if verdict == .unknown {
      if let outage = await revocations.answered() { return .failure(.unavailable(outage)) }
      verdict = revocations.verdict(on: token)
    }
    switch verdict {
    // It may have ended while the feed was asked.
    case .valid: return isTimely(token) ? .success(token.content) : .failure(.invalidToken)
    case .revoked: return .failure(.invalidToken)
    case .unknown: return .failure(.unavailable(Outage(.timedOut, of: .revocationFeed)))
    }
  }

  private func isTimely(_ token: SignedToken) -> Bool {
    token.isTimely(at: wallClock.now, clockSkew: clockSkew)
  }

  /// A token that was verified before, by a key that still counts.
  private func known(_ digest: SHA256.Digest) -> SignedToken? {
    let now = keys.time.now
    guard let token = verified.withLock({ $0.value(digest, at: now) }),
      keys.current?.publication.keys.contains(token.key) == true
    else { return nil }
    return token
  }

  private func keep(_ token: SignedToken, _ digest: SHA256.Digest) {
    let now = keys.time.now
    let rest = token.expiresAt.milliseconds - wallClock.now.milliseconds
    verified.withLock { $0.insert(token, for: digest, until: now + .milliseconds(rest), at: now) }
  }

  func run() async {
    let task = follow()
    await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// Renews keys and follows the revocation feed, from the first token on or before.
  ///
  /// The task does not keep the verifier alive, and ends with it.
  @discardableResult private func follow() -> Task<Void, Never> {
    follower.withLock { follower in
      if let follower { return follower }
      let (keys, revocations) = (keys, revocations)
      let task = Task {
        while !Task.isCancelled {
          keys.renewIfDue()
          let pause = await revocations.follow()
          try? await keys.time.sleep(for: pause)
        }
      }
      follower = task
      isFollowing.store(true, ordering: .relaxed)
      return task
    }
  }
}
