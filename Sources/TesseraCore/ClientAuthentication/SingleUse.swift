package import TesseraJOSE

/// Sees to it that an assertion is used once, on whatever node (RFC 7523 §3, `jti`).
package struct SingleUse: Sendable {
  /// The longest `jti`, in bytes.
  private static let longestIdentifier = 255
  /// How much longer than the assertion its use is remembered, in seconds: the clocks of nodes differ.
  private static let margin: Int64 = 60

  private let step = OneTimeStep<Proof>()
  private let replica: ReplicaReader

  /// Claims are made in the store of this replica.
  package init(replica: ReplicaReader) {
    self.replica = replica
  }

  /// What the use came to, once it was claimed; nothing has to be verified again.
  package func proof(in exchange: borrowing Exchange) throws(Interruption) -> Proof? {
    try exchange.outcome(of: step)
  }

  /// `proof`, if this is the first use of an assertion with these claims that `issuer` has made.
  ///
  /// To be asked once its signature and its times have been checked, since it writes.
  package func proof(
    _ proof: Proof,
    ofFirstUseOf claims: [String: JSON],
    from issuer: String,
    by client: ClientID,
    _ exchange: inout Exchange
  ) throws(Interruption) -> Proof {
    guard let identifier = claims.text("jti"), identifier.utf8.count <= SingleUse.longestIdentifier else {
      return .fails("jti of the assertion is missing or too long", until: proof.expiresAt)
    }
    guard let end = claims.time("exp") else {
      return .fails("the assertion has no end", until: proof.expiresAt)
    }
    let claim = SingleUseClaim(
      .clientAssertion,
      of: identifier,
      from: issuer,
      for: client,
      expiresAt: end.advanced(bySeconds: SingleUse.margin)
    )
    return try exchange.once(step) { [replica] () async throws(OAuthError) in
      do throws(StoreError) {
        let isFirst = try await replica.replica.store.claim(claim)
        return isFirst ? proof : .fails("the assertion was used before", until: proof.expiresAt)
      } catch {
        throw .temporarilyUnavailable(error.description)
      }
    }
  }
}
