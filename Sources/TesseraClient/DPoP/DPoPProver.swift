import Crypto
import NIOHTTP1
import Synchronization
import TesseraJOSE
import TesseraSupport

/// Proves possession of the key that the tokens of a source are bound to (RFC 9449).
final class DPoPProver: Sendable {
  /// A proof for one request.
  struct Proof: Sendable {
    /// The value of the `DPoP` header field.
    let text: String
    /// Where it is for.
    let target: TargetURI
    /// The nonce in it; nil for none.
    let nonce: String?
  }

  private struct Claims: Encodable {
    let jti: String
    let htm: String
    let htu: String
    let iat: Int64
    let ath: String?
    let nonce: String?
  }

  let allowsBearerTokens: Bool
  private let signer: JWTSigner
  private let isForProofs: Bool
  private let wallClock: WallClock
  private let nonces = Mutex(NonceTable())

  init(_ binding: DPoPBinding, wallClock: WallClock) {
    allowsBearerTokens = binding.allowsBearerTokens
    let key = binding.key ?? .generate()
    isForProofs = key.algorithm != .mlDSA65
    signer = JWTSigner(key.key, algorithm: key.algorithm.rawValue, carryingKeyAs: "dpop+jwt")
    self.wallClock = wallClock
  }

  /// A proof for a request, which presents this token or none.
  func proof(
    _ method: String,
    _ url: String,
    presenting token: String? = nil
  ) throws(TokenRequestError) -> Proof {
    guard let target = TargetURI(url) else {
      throw TokenRequestError(
        .invalidRequest,
        message: "there is no DPoP proof for what is not an http or https URL of 2 KiB at most"
      )
    }
    guard isForProofs else {
      throw TokenRequestError(
        .invalidRequest,
        message: "a proof by ML-DSA-65 does not fit into a header field"
      )
    }
    let nonce = nonces.withLock { $0[String(target.origin)] }
    let claims = Claims(
      jti: JWTID.random(),
      htm: method,
      htu: target.text,
      iat: wallClock.now.milliseconds / 1000,
      ath: token.map { Base64URL.encode(Array(SHA256.hash(data: Array($0.utf8)))) },
      nonce: nonce
    )
    guard let text = signer.jwt(claims) else { throw .cannotSign }
    return Proof(text: text, target: target, nonce: nonce)
  }

  /// Keeps the nonce that a server wants to see from now on, if it sent one.
  ///
  /// Returns whether it is another than the one in the proof.
  @discardableResult func keepNonce(in headers: HTTPHeaders, answering proof: Proof) -> Bool {
    let sent = headers["DPoP-Nonce"]
    guard sent.count == 1, NonceTable.isNonce(sent[0]) else { return false }
    nonces.withLock { $0.keep(sent[0], of: String(proof.target.origin)) }
    return sent[0] != proof.nonce
  }
}
