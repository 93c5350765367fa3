import Crypto
import TesseraJOSE

/// The nonces that DPoP proofs have to have in them (RFC 9449 §8): one for each two minutes, the same on every node.
///
/// Nothing is kept. A nonce is the HMAC-SHA-256 of its time under a key that follows from the key which seals tokens then,
/// so that it changes with that, and nobody can tell one before its time.
struct ProofNonces: Sendable {
  /// For how long one is given out, in milliseconds; it is taken for as long again.
  private static let period: Int64 = 120_000

  private let keyRing: KeyRing

  init(_ keyRing: KeyRing) {
    self.keyRing = keyRing
  }

  /// The nonce that is given out at this time; nil when there is no key.
  func current(at now: Timestamp) -> String? { nonce(of: ProofNonces.place(of: now)) }

  /// Whether a nonce is that of this time, or the one before it.
  func isValid(_ nonce: String, at now: Timestamp) -> Bool {
    let place = ProofNonces.place(of: now)
    return [place, place - 1].contains { self.nonce(of: $0).map { ProofNonces.isEqual($0, nonce) } ?? false }
  }

  private static func place(of time: Timestamp) -> Int64 { max(0, time.milliseconds) / period }

  private func nonce(of place: Int64) -> String? {
    guard let entry = keyRing.sealingEntry(at: Timestamp(milliseconds: place * ProofNonces.period)) else {
      return nil
    }
    let key = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: entry.key.symmetric,
      info: Array("tessera dpop nonce".utf8),
      outputByteCount: 32
    )
    let code = withUnsafeBytes(of: place.bigEndian) { HMAC<SHA256>.authenticationCode(for: $0, using: key) }
    return Base64URL.encode(Array(code.prefix(24)))
  }

  /// In a time that says nothing of where they differ.
  private static func isEqual(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
