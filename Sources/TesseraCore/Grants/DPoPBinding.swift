package import TesseraJOSE
import TesseraSupport

/// Binds a token to the key whose possession the client proves (RFC 9449 §5), which every client may, and those have to
/// that are registered for it.
///
/// A proof is looked at once its client is known: only clients cost a signature check, and the claim of its `jti` counts
/// among those of its client.
package struct DPoPBinding: TokenBinding {
  private let replica: ReplicaReader
  private let targets: [String: [TargetURI]]
  /// Those of a request that comes with a certificate.
  private let certifiedTargets: [String: [TargetURI]]
  private let requiresNonce: Bool
  private let profile: SecurityProfile?
  private let possession = OneTimeStep<Confirmation>()

  /// `targets` are the URLs that clients know an endpoint by, by the path at which it is asked; `aliases` are those that it has
  /// besides for who shows a certificate (RFC 8705 §5).
  ///
  /// With `requiresNonce` a proof has to have a nonce of ours in it (§8); a profile names what it may be signed by.
  package init(
    replica: ReplicaReader,
    targets: [String: [TargetURI]],
    aliases: [String: [TargetURI]],
    requiresNonce: Bool,
    profile: SecurityProfile? = nil
  ) {
    self.replica = replica
    self.targets = targets
    certifiedTargets = targets.merging(aliases) { $0 + $1 }
    self.requiresNonce = requiresNonce
    self.profile = profile
  }

  package func confirmation(
    for client: AuthenticatedClient,
    _ exchange: inout Exchange
  ) throws(Interruption) -> Confirmation? {
    let fields = exchange.request.headers.values(.dpop)
    guard !fields.isEmpty || client.cached.rules.isDPoPBound else { return nil }
    if let confirmation = try exchange.outcome(of: possession) { return confirmation }
    let nonces = ProofNonces(try exchange.view.facts(of: replica).keyRing)
    if requiresNonce { exchange.proofNonce = nonces.current(at: exchange.time) }
    let proof = try proof(fields, exchange)
    if let profile = profile ?? client.cached.rules.profile, !profile.allows(proof.algorithm) {
      throw .refused(
        OAuthError(
          .invalidDPoPProof,
          .proofInvalid,
          privateDetail: "the profile \(profile.rawValue) has no proofs that are signed by \(proof.algorithm)"
        )
      )
    }
    guard !requiresNonce || proof.nonce.map({ nonces.isValid($0, at: exchange.time) }) ?? false else {
      throw .refused(OAuthError(.useDPoPNonce, .proofNonceMissing))
    }
    let claim = SingleUseClaim(
      .proofOfPossession,
      of: proof.id,
      from: Base64URL.encode(proof.thumbprint),
      for: client.id,
      expiresAt: proof.expiresAt
    )
    return try exchange.once(possession) { [replica] () async throws(OAuthError) in
      guard try await replica.replica.claim(claim) else {
        throw OAuthError(.invalidDPoPProof, .proofInvalid, privateDetail: "the DPoP proof was used before")
      }
      return .key(thumbprint: proof.thumbprint)
    }
  }

  private func proof(_ fields: [String], _ exchange: borrowing Exchange) throws(Interruption) -> DPoPProof {
    let isCertified = exchange.request.origin.clientCertificate != nil
    let targets = (isCertified ? certifiedTargets : targets)[exchange.request.path] ?? []
    do throws(DPoPProblem) {
      return try DPoPProof(
        fields,
        for: DPoPProof.Use(method: exchange.request.method, targets: targets),
        at: exchange.time
      )
    } catch {
      var detail = error.rawValue
      if error == .otherTarget { detail += " than \(targets.map(\.text).joined(separator: " or "))" }
      throw .refused(
        OAuthError(
          .invalidDPoPProof,
          error == .noProof ? .proofMissing : .proofInvalid,
          privateDetail: detail
        )
      )
    }
  }
}
