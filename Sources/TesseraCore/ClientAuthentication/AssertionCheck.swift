import TesseraJOSE

/// How an assertion of a client about itself is checked, whatever it is authenticated by.
///
/// What costs most comes in the middle, and what is written last; a client that does not exist takes the same way.
struct AssertionCheck: Sendable {
  private let audience: AssertionAudience
  private let use: SingleUse

  /// `audience` is whom assertions are for; their use is noted in the store of this replica.
  init(audience: AssertionAudience, replica: ReplicaReader) {
    self.audience = audience
    use = SingleUse(replica: replica)
  }

  /// Whether an assertion with these claims proves this client; `authenticate` says whose it is.
  ///
  /// `algorithm` is what has signed it; nil for a shared secret.
  func proof(
    _ claims: [String: JSON],
    signedBy algorithm: SigningAlgorithm? = nil,
    of client: CachedClient,
    _ exchange: inout Exchange,
    authenticate: (inout Exchange) throws(Interruption) -> Proof
  ) throws(Interruption) -> Proof {
    if let proof = try use.proof(in: exchange) { return proof }
    if let objection = audience.rules.objection(to: claims, signedBy: algorithm, at: exchange.time) {
      return .fails(objection)
    }
    let proof = try authenticate(&exchange)
    guard case .holds = proof.outcome else { return proof }
    if let rules = audience.rules(of: client.client),
      let objection = rules.objection(to: claims, signedBy: algorithm, at: exchange.time)
    {
      return .fails(objection, until: proof.expiresAt)
    }
    let id = client.client.id
    return try use.proof(proof, ofFirstUseOf: claims, from: id.rawValue, by: id, &exchange)
  }
}
