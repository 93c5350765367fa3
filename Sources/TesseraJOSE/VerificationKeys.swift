/// The keys of somebody who signs, ready to verify with.
package struct VerificationKeys: Sendable {
  /// The largest document that is read, in bytes.
  package static let maximumSize = 262_144

  private struct Key: Sendable {
    let jwk: JWK
    let algorithm: SigningAlgorithm
    let verifyingKey: any VerifyingKey
  }

  /// What a signature turned out to be.
  package enum Match: Sendable {
    /// Of this key.
    case verified(JWK)
    /// Of a key that is not in the set.
    case unknownKey
    /// Of no key that it could be of.
    case invalid
  }

  private let keys: [Key]
  private let keysByID: [String: [Key]]

  /// Reads key sets (RFC 7517 §5); nil when one is none, or there is no key that verifies anything here.
  package init?(_ documents: [[UInt8]]) {
    let sets = documents.compactMap { JWKSet($0) }
    guard sets.count == documents.count else { return nil }
    self.init(sets.flatMap(\.keys))
  }

  /// Nil when none of the keys verifies anything here.
  package init?(_ jwks: [JWK]) {
    keys = jwks.flatMap { jwk in
      SigningAlgorithm.all.compactMap { algorithm in
        jwk.verifyingKey(for: algorithm).map { Key(jwk: jwk, algorithm: algorithm, verifyingKey: $0) }
      }
    }
    guard !keys.isEmpty else { return nil }
    keysByID = Dictionary(grouping: keys.filter { $0.jwk.keyID != nil }) { $0.jwk.keyID ?? "" }
  }

  /// Whether the key is in the set.
  package func contains(_ jwk: JWK) -> Bool {
    let candidates = jwk.keyID.map { keysByID[$0] ?? [] } ?? keys
    return candidates.contains { $0.jwk == jwk }
  }

  /// Whether a key has this ID.
  package func contains(keyID: String) -> Bool { keysByID[keyID] != nil }

  /// Whose signature it is.
  ///
  /// The key ID only selects. What a key can be used for is up to the key, not to the header (RFC 8725 §3.1).
  package func match(_ text: JWS) -> Match {
    guard let keyID = text.keyID else {
      let candidates = keys.filter { $0.algorithm == text.algorithm }
      guard candidates.count == 1 else { return .invalid }
      return verified(text, candidates)
    }
    guard let named = keysByID[keyID] else { return .unknownKey }
    return verified(text, named.filter { $0.algorithm == text.algorithm })
  }

  /// The same for a signer of whom it must not be told whether he is known: each key that it may be of is tried, also where
  /// none is named, and where there is none, one that nobody has.
  ///
  /// At most `mostTried` are tried.
  package func signer(of text: JWS) -> Match {
    let named = text.keyID.map { keysByID[$0] ?? [] } ?? keys
    let candidates = named.filter { $0.algorithm == text.algorithm }.prefix(VerificationKeys.mostTried)
    guard !candidates.isEmpty else {
      VerificationKeys.verifyInVain(text)
      return named.isEmpty ? .unknownKey : .invalid
    }
    return verified(text, Array(candidates))
  }

  /// The most keys that one signature is compared with.
  private static let mostTried = 8

  /// Takes as long as to find that a signature is not of the one key that it could be of.
  package static func verifyInVain(_ text: JWS) {
    _ = NobodysKeys.key(for: text.algorithm)?.isSignature(text.signature, of: text.signedBytes)
  }

  private func verified(_ text: JWS, _ candidates: [Key]) -> Match {
    let signer = candidates.first { $0.verifyingKey.isSignature(text.signature, of: text.signedBytes) }
    return signer.map { .verified($0.jwk) } ?? .invalid
  }
}
