/// A JWS in its compact form (RFC 7515 §7.1), taken apart; nothing in it is to be believed before its signature is
/// verified.
package struct JWS: Sendable {
  package let algorithm: SigningAlgorithm
  /// Nil for a header without `kid`.
  package let keyID: String?
  /// What is signed: header and payload as they came.
  package let signedBytes: [UInt8]
  package let signature: [UInt8]
  /// The members of its header.
  package let header: [String: JSON]
  private let encodedPayload: ArraySlice<UInt8>

  /// Nil for anything but three parts with a header of one of these types and one of these algorithms.
  ///
  /// `jku`, `x5u`, `x5c` and `jwk` mean nothing here (RFC 8725 §3.10): whose key it is, is up to who verifies. An extension that must be understood (`crit`, RFC 7515 §4.1.11) is not.
  package init?(_ bytes: [UInt8], types: [String], algorithms: Set<String>) {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }),
      let header = Base64URL.decode(parts[0]).flatMap({ JSON($0)?.members }),
      let name = header["alg"]?.text, algorithms.contains(name), let algorithm = SigningAlgorithm(name),
      let actualType = header["typ"]?.text, types.contains(where: { JWS.isType(actualType, $0) }),
      header["crit"] == nil,
      let signature = Base64URL.decode(parts[2])
    else { return nil }
    if let keyID = header["kid"], keyID.text == nil { return nil }
    self.algorithm = algorithm
    self.header = header
    keyID = header["kid"]?.text
    signedBytes = Array(bytes[..<parts[1].endIndex])
    self.signature = signature
    encodedPayload = parts[1]
  }

  /// The claims; nil for a payload that is no JSON object.
  package var claims: [String: JSON]? { Base64URL.decode(encodedPayload).flatMap { JSON($0)?.members } }

  /// Media types are case-insensitive, and `application/` may be left out (RFC 7515 §4.1.9).
  private static func isType(_ actual: String, _ wanted: String) -> Bool {
    let (actual, wanted) = (lowercased(actual), lowercased(wanted))
    return actual == wanted || actual == Array("application/".utf8) + wanted
  }

  private static func lowercased(_ text: String) -> [UInt8] {
    text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }
}
