import Crypto
import TesseraJOSE
import TesseraSupport

extension AccessTokenVerifier {
  /// What the token of a request says, if it is valid, and whoever sent it has the key that it is bound to.
  ///
  /// A token that is bound to a key comes by `Authorization: DPoP` with a proof by that key, for the token and for this
  /// request (RFC 9449 §7), and each proof counts once in this process; one that is bound to a certificate comes as a
  /// Bearer token over TLS with that certificate (RFC 8705 §3). A token that is bound to neither is taken as a Bearer token.
  ///
  ///     do {
  ///       let token = try await verifier.verify(
  ///         ProtectedRequest(
  ///           method: request.method,
  ///           url: "https://api.example.com" + request.path,
  ///           authorization: request.headers["Authorization"],
  ///           proofs: request.headers["DPoP"]
  ///         )
  ///       )
  ///     } catch {
  ///       // Answer error.status with error.headers(realm: "items") and error.body.
  ///     }
  ///
  /// - Parameters:
  ///   - request: What matters of the request.
  ///   - scopes: The scopes (RFC 6749 §3.3), of which the token must have every one.
  ///   - requiresBinding: Whether a token that is bound to no key is refused.
  /// - Throws: Why it is refused, with the answer.
  public func verify(
    _ request: ProtectedRequest,
    requiring scopes: [String] = [],
    requiresBinding: Bool = false
  ) async throws(AccessRefusal) -> VerifiedAccessToken {
    let presented: PresentedToken
    do throws(BearerRefusal) {
      presented = try PresentedToken(request)
    } catch {
      throw AccessRefusal(error)
    }
    let token: VerifiedAccessToken
    do throws(VerificationError) {
      token = try await verifyBoundOrNot(presented.token)
    } catch {
      throw AccessRefusal(.token(BearerRefusal(error)), isAboutDPoP: presented.isDPoP)
    }
    if let reason = objection(to: token, presented, request) {
      noteRefusal()
      let isAboutDPoP = presented.isDPoP || reason == .proofNotPresented
      throw AccessRefusal(reason, isAboutDPoP: isAboutDPoP)
    }
    guard token.binding != nil || !requiresBinding else {
      noteRefusal()
      throw AccessRefusal(.unbound, isAboutDPoP: true)
    }
    guard token.scopes.isSuperset(of: scopes) else {
      throw AccessRefusal(.token(.insufficientScope(required: scopes)), isAboutDPoP: presented.isDPoP)
    }
    return token
  }

  /// What is missing of the proof that the sender has the key of the token; nil for nothing.
  private func objection(
    to token: VerifiedAccessToken,
    _ presented: PresentedToken,
    _ request: ProtectedRequest
  ) -> AccessRefusal.Reason? {
    switch token.binding {
    case nil: return presented.isDPoP ? .notBound : nil
    case .certificate(let thumbprint):
      guard !presented.isDPoP else { return .notBound }
      let shown = request.clientCertificate.map { Base64URL.encode(Array(SHA256.hash(data: $0))) }
      return shown == thumbprint ? nil : .certificate
    case .key(let thumbprint):
      guard presented.isDPoP else { return .proofNotPresented }
      return objection(to: request, presented.token, of: token.clientID, by: thumbprint)
    }
  }

  private func objection(
    to request: ProtectedRequest,
    _ token: String,
    of clientID: String,
    by thumbprint: String
  ) -> AccessRefusal.Reason? {
    let now = wallClock.now
    let use = DPoPProof.Use(
      method: request.method,
      targets: [request.url].compactMap(TargetURI.init),
      token: token
    )
    let proof: DPoPProof
    do throws(DPoPProblem) {
      proof = try DPoPProof(request.proofs, for: use, at: now)
    } catch {
      return .proof(error)
    }
    guard Base64URL.encode(proof.thumbprint) == thumbprint else { return .otherKey }
    switch seenProofs.take(proof, of: clientID, at: now) {
    case .new: return nil
    case .seen: return .usedProof
    case .noRoom: return .token(.unavailable(retryAfter: .seconds(1)))
    }
  }
}
