import CoreMetrics
import TesseraSupport

/// Tells valid access tokens from others.
///
/// In one of two ways: by asking the token service about each (RFC 7662), or offline, by the token's signature and
/// a list of what was revoked (RFC 9068). The first learns of a revocation after ``Settings/maximumAge``, works with
/// every token of the service, and needs the service to be there. The second costs no question at all, works only
/// with tokens that are JWTs, and goes on while the service is away for a short time.
///
/// When nobody can say whether a token is valid, it is neither valid nor invalid:
/// ``VerificationError/unavailable(_:)``. Make one verifier a process, and share it.
///
/// A call that finds an answer takes a lock for a moment and does not suspend. That is why the state is behind
/// mutexes and not in an actor, to which every request of an API would have to hop.
public final class AccessTokenVerifier: Sendable {
  typealias Verdict = Result<VerifiedAccessToken, VerificationError>

  let strategy: any VerificationStrategy
  let wallClock: WallClock
  /// The proofs of possession that came to this process.
  let seenProofs: SeenProofs
  private let metrics: GuardMetrics

  init(_ strategy: any VerificationStrategy, settings: Settings, wallClock: WallClock, metrics: GuardMetrics)
  {
    self.strategy = strategy
    self.wallClock = wallClock
    self.metrics = metrics
    seenProofs = SeenProofs(capacity: settings.maximumProofs)
  }

  /// What a token says, if it is valid.
  ///
  /// A token that is bound to a key (RFC 8705, RFC 9449) is not valid here, since nothing is known of who sent it: for such
  /// tokens there is ``verify(_:requiring:requiresBinding:)``. One that is not a `b68token` (RFC 6750 §2.1), or is too long, is refused without asking anybody.
  ///
  /// - Parameter token: The token as it came with the request, without `Bearer`.
  /// - Throws: ``VerificationError/invalidToken``, or ``VerificationError/unavailable(_:)`` when nobody knows.
  public func verify(_ token: String) async throws(VerificationError) -> VerifiedAccessToken {
    let token = try await verifyBoundOrNot(token)
    guard token.binding == nil else {
      noteRefusal()
      throw .invalidToken
    }
    return token
  }

  /// What a token says, if it is valid for who has the key that it is bound to.
  func verifyBoundOrNot(_ token: String) async throws(VerificationError) -> VerifiedAccessToken {
    let verdict = await strategy.verdict(on: token)
    if case .failure(.invalidToken) = verdict { noteRefusal() }
    return try verdict.get()
  }

  func noteRefusal() { metrics.refusals.increment() }
}
