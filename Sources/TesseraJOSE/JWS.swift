/// A JWS in its compact form (RFC 7515 §7.1) with a signature by a private key, taken apart; nothing in it is to be believed
/// before its signature is verified.
package struct JWS: Sendable {
  package let algorithm: SigningAlgorithm
  private let compact: CompactJWS

  /// Nil for anything but three parts with a header of one of these types and one of these algorithms.
  package init?(_ bytes: [UInt8], types: [String], algorithms: Set<String>) {
    guard let compact = CompactJWS(bytes), compact.hasType(among: types) else { return nil }
    self.init(compact, algorithms: algorithms)
  }

  /// Nil for another algorithm.
  init?(_ compact: CompactJWS, algorithms: Set<String>) {
    guard let name = compact.header["alg"]?.text, algorithms.contains(name),
      let algorithm = SigningAlgorithm(name)
    else { return nil }
    self.algorithm = algorithm
    self.compact = compact
  }

  /// The members of its header.
  ///
  /// `jku`, `x5u`, `x5c` and `jwk` mean nothing here (RFC 8725 §3.10): whose key it is, is up to who verifies.
  package var header: [String: JSON] { compact.header }

  /// Nil for a header without `kid`.
  package var keyID: String? { compact.keyID }

  /// What is signed: header and payload as they came.
  package var signedBytes: [UInt8] { compact.signedBytes }

  package var signature: [UInt8] { compact.signature }

  /// The claims; nil for a payload that is no JSON object.
  package var claims: [String: JSON]? { compact.claims }
}
