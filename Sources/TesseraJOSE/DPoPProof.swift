import Crypto

/// A DPoP proof (RFC 9449 §4.2) that was checked (§4.3): its signature is of the key in its header, and it is of this time
/// and for this request.
///
/// Whether it was used before is not known here, nor whether its nonce is one that was given out.
package struct DPoPProof: Sendable, Equatable {
  /// The `typ` of a proof.
  package static let type = "dpop+jwt"
  /// What a proof may be signed by, all asymmetric.
  ///
  /// A key and a signature of ML-DSA-65 do not fit into a header field of 8 KiB.
  package static let algorithms = SigningAlgorithm.all.filter { $0 != .mlDSA65 }
  /// The longest that is looked at, in bytes: that of the longest header field.
  package static let maximumLength = 8192
  /// The longest `jti` and the longest `nonce`, in bytes.
  package static let maximumIDLength = 256
  /// How old a proof may be, and how far ahead of this machine's clock its sender's may be, in seconds (§11.1).
  package static let longestAge: Int64 = 60

  private static let algorithmNames = Set(algorithms.map(\.name))
  /// Those of private and symmetric keys (RFC 7518 §6, RFC 8037 §2, and `priv` of AKP).
  private static let privateMembers: Set = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]

  /// What signed it.
  package let algorithm: SigningAlgorithm
  /// The thumbprint of the key that signed it (RFC 7638).
  package let thumbprint: [UInt8]
  /// What it is told by from others of the same key (`jti`).
  package let id: String
  /// When it was made (`iat`).
  package let issuedAt: Timestamp
  /// What its sender was told to put in; nil without (§8).
  package let nonce: String?

  /// The first moment at which it is refused for its age.
  ///
  /// It follows from the proof alone.
  package var expiresAt: Timestamp {
    issuedAt.advanced(byMilliseconds: DPoPProof.longestAge * 1000 + 1)
  }

  /// Checks the values of all `DPoP` header fields of a request, of which there has to be one.
  ///
  /// What costs little is looked at first, and the signature last.
  package init(_ fields: [String], for use: Use, at now: Timestamp) throws(DPoPProblem) {
    guard fields.count <= 1 else { throw .severalProofs }
    guard let text = fields.first else { throw .noProof }
    guard text.utf8.count <= DPoPProof.maximumLength else { throw .tooLong }
    guard let jws = JWS(Array(text.utf8), types: [DPoPProof.type], algorithms: DPoPProof.algorithmNames),
      jws.header.has("typ", DPoPProof.type), let claims = jws.claims
    else { throw .malformed }
    guard let key = DPoPProof.key(jws.header["jwk"]), let verifier = key.verifyingKey(for: jws.algorithm)
    else {
      throw .badKey
    }
    guard let id = claims.text("jti"), let method = claims.text("htm"), let target = claims.text("htu"),
      let issuedAt = claims.time("iat"), claims["nonce"] == nil || claims.text("nonce") != nil
    else { throw .claimMissing }
    let nonce = claims.text("nonce")
    guard id.utf8.count <= DPoPProof.maximumIDLength, nonce?.utf8.count ?? 0 <= DPoPProof.maximumIDLength
    else {
      throw .tooLong
    }
    guard method.utf8.elementsEqual(use.method.utf8) else { throw .otherMethod }
    guard let target = TargetURI(target), use.targets.contains(target) else { throw .otherTarget }
    let age = now.milliseconds.subtractingReportingOverflow(issuedAt.milliseconds).partialValue
    guard abs(age) <= DPoPProof.longestAge * 1000 else { throw age < 0 ? .tooEarly : .tooOld }
    if let tokenHash = use.tokenHash {
      guard claims.has("ath", tokenHash) else { throw .otherToken }
    }
    guard verifier.isSignature(jws.signature, of: jws.signedBytes) else { throw .badSignature }
    algorithm = jws.algorithm
    thumbprint = JWK.thumbprintBytes(of: key.material)
    self.id = id
    self.issuedAt = issuedAt
    self.nonce = nonce
  }

  /// What the proof is told by from all others: the first half of the SHA-256 of its key's thumbprint and of its `jti`.
  package var mark: Mark {
    var hash = SHA256()
    hash.update(data: thumbprint)
    hash.update(data: Array(id.utf8))
    return hash.finalize().withUnsafeBytes {
      Mark(
        first: $0.loadUnaligned(as: UInt64.self),
        second: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      )
    }
  }

  /// 16 bytes.
  package struct Mark: Sendable, Hashable {
    fileprivate let first: UInt64
    fileprivate let second: UInt64
  }

  /// The public key in a header; nil for anything else, and where there is more of a key than may be told.
  private static func key(_ member: JSON?) -> JWK? {
    guard let member, let members = member.members, privateMembers.isDisjoint(with: members.keys) else {
      return nil
    }
    return JWK(member)
  }

  /// What a proof has to be for.
  package struct Use: Sendable {
    let method: String
    let targets: [TargetURI]
    let tokenHash: String?

    /// A request by this method for one of these, none of whose names counts more than another.
    ///
    /// `token` is the access token beside it; nil where there is none, as in the request for one.
    package init(method: String, targets: [TargetURI], token: String? = nil) {
      self.method = method
      self.targets = targets
      tokenHash = token.map { Base64URL.encode(Array(SHA256.hash(data: Array($0.utf8)))) }
    }
  }
}

/// Why a DPoP proof is not accepted.
///
/// For the log; whoever sent it learns only that it is not.
package enum DPoPProblem: String, Error, Sendable, CaseIterable {
  case noProof = "there is no DPoP proof"
  case severalProofs = "there is more than one DPoP proof"
  case tooLong = "the DPoP proof, its jti or its nonce is too long"
  case malformed = "the DPoP proof is no JWT of type dpop+jwt by an asymmetric algorithm that is known"
  case badKey = "the DPoP proof has no public key that is for its algorithm"
  case claimMissing = "jti, htm, htu or iat of the DPoP proof is missing or no value of its kind"
  case otherMethod = "the DPoP proof is for another method"
  case otherTarget = "the DPoP proof is for another URL"
  case tooOld = "the DPoP proof is too old, or the clock of who made it is behind"
  case tooEarly = "the clock of who made the DPoP proof is ahead"
  case otherToken = "the DPoP proof is for another access token"
  case badSignature = "the signature of the DPoP proof is not of its key"
}
