import TesseraJOSE

/// Why a request for a protected resource was refused, with the answer to it (RFC 6750 §3, RFC 9449 §7.1).
///
/// Neither tokens nor proofs can be in it.
public struct AccessRefusal: Error, Sendable, Hashable {
  enum Reason: Sendable, Hashable {
    /// What a token is refused for that is bound to no key, or to the key that was proven.
    case token(BearerRefusal)
    /// The DPoP proof is missing, or not valid.
    case proof(DPoPProblem)
    /// The proof was used before.
    case usedProof
    /// The proof is by another key than the token's.
    case otherKey
    /// The token is bound to a key, and was presented as a Bearer token.
    case proofNotPresented
    /// The token is bound to no key, and was presented as if it were.
    case notBound
    /// The token is bound to no key, where it has to be.
    case unbound
    /// The token is bound to a certificate that the client has not shown.
    case certificate
  }

  let reason: Reason
  /// Whether the challenge is for DPoP.
  let isAboutDPoP: Bool

  init(_ reason: Reason, isAboutDPoP: Bool) {
    self.reason = reason
    self.isAboutDPoP = isAboutDPoP
  }

  /// The same refusal of a Bearer token.
  public init(_ refusal: BearerRefusal) {
    self.init(.token(refusal), isAboutDPoP: false)
  }

  /// The HTTP status.
  public var status: Int { asBearer.status }

  /// The error code; nil when there is no token.
  public var code: String? {
    switch reason {
    case .proof, .usedProof, .otherKey: "invalid_dpop_proof"
    default: asBearer.code
    }
  }

  /// What the code means here: a fixed text; nil when there is no code.
  public var explanation: String? {
    switch reason {
    case .proof, .usedProof, .otherKey: "The DPoP proof is not valid"
    default: asBearer.explanation
    }
  }

  /// What exactly was wrong: a fixed text for a log, which the client is not told.
  public var detail: String {
    switch reason {
    case .token(let refusal): refusal.explanation ?? "there is no access token"
    case .proof(let problem): problem.rawValue
    case .usedProof: "the DPoP proof was used before"
    case .otherKey: "the access token is bound to another key than that of the DPoP proof"
    case .proofNotPresented: "the access token is bound to a key and was sent as a Bearer token"
    case .notBound: "the access token is bound to no key and was sent as a DPoP token"
    case .unbound: "the access token is bound to no key"
    case .certificate: "the access token is bound to a certificate that the client has not shown"
    }
  }

  /// The header fields of the answer: the challenge, `Retry-After`, and that it is not to be stored.
  ///
  /// - Parameter realm: What the API calls itself (RFC 9110 §11.5).
  public func headers(realm: String) -> [(name: String, value: String)] {
    guard isAboutDPoP, status != 503 else { return asBearer.headers(realm: realm) }
    var headers = [
      (name: "Cache-Control", value: "no-store"), (name: "WWW-Authenticate", value: challenge(realm: realm)),
    ]
    if code != nil { headers.append((name: "Content-Type", value: "application/json")) }
    return headers
  }

  /// The body of the answer: the code and its explanation as JSON; nil when there is no code.
  public var body: String? {
    guard isAboutDPoP, let code, let explanation else { return asBearer.body }
    return BearerRefusal.body(code: code, explanation: explanation, scope: asBearer.requiredScope)
  }

  /// RFC 9449 §7.1.
  private func challenge(realm: String) -> String {
    let algorithms = DPoPProof.algorithms.map(\.name).joined(separator: " ")
    return BearerRefusal.challenge(
      "DPoP",
      realm: realm,
      more: #", algs="\#(algorithms)""#,
      scope: asBearer.requiredScope,
      code: code,
      explanation: explanation
    )
  }

  /// What it would be for a Bearer token.
  private var asBearer: BearerRefusal {
    if case .token(let refusal) = reason { refusal } else { .invalidToken }
  }
}

extension AccessRefusal: CustomStringConvertible {
  /// The same as ``detail``.
  public var description: String { detail }
}
