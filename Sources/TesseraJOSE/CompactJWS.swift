/// The three parts of a JWS in its compact form (RFC 7515 §7.1), decoded; nothing in them is to be believed.
struct CompactJWS: Sendable {
  /// The members of the header, without repeats.
  let header: [String: JSON]
  /// Nil for a header without `kid`.
  let keyID: String?
  /// What is signed: header and payload as they came.
  let signedBytes: [UInt8]
  let signature: [UInt8]
  private let encodedPayload: ArraySlice<UInt8>

  /// Nil for anything but three parts in base64url without padding, with a header that is an object and has no `crit`.
  ///
  /// An extension that must be understood (`crit`, RFC 7515 §4.1.11) is not.
  init?(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }),
      let header = Base64URL.decode(parts[0]).flatMap({ JSON($0)?.members }), header["crit"] == nil,
      let signature = Base64URL.decode(parts[2])
    else { return nil }
    if let keyID = header["kid"], keyID.text == nil { return nil }
    self.header = header
    keyID = header["kid"]?.text
    signedBytes = Array(bytes[..<parts[1].endIndex])
    self.signature = signature
    encodedPayload = parts[1]
  }

  /// The claims; nil for a payload that is no JSON object.
  var claims: [String: JSON]? { Base64URL.decode(encodedPayload).flatMap { JSON($0)?.members } }

  /// Whether the header has one of these types.
  ///
  /// Media types are case-insensitive, and `application/` may be left out (RFC 7515 §4.1.9).
  func hasType(among types: [String]) -> Bool {
    guard let actual = header["typ"]?.text.map(CompactJWS.lowercased) else { return false }
    return types.contains { wanted in
      let wanted = CompactJWS.lowercased(wanted)
      return actual == wanted || actual == Array("application/".utf8) + wanted
    }
  }

  private static func lowercased(_ text: String) -> [UInt8] {
    text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }
}
