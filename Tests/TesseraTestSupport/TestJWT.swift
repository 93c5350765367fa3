import Foundation

/// A JWT taken apart by Foundation, so that our own code is not tested with itself.
package struct TestJWT {
  /// The members of its header.
  package let header: [String: Any]
  /// Its claims.
  package let claims: [String: Any]
  /// Its signature.
  package let signature: [UInt8]

  /// Throws when it is none.
  package init(_ text: String) throws {
    let parts = text.components(separatedBy: ".")
    guard parts.count == 3, let header = try TestJWT.object(parts[0]),
      let claims = try TestJWT.object(parts[1]),
      let signature = TestJWT.bytes(parts[2])
    else { throw NotAJWT() }
    self.header = header
    self.claims = claims
    self.signature = Array(signature)
  }

  /// The claim of this name as a text.
  package func text(_ name: String) -> String? { claims[name] as? String }

  /// The claim of this name as a number.
  package func number(_ name: String) -> Int? { claims[name] as? Int }

  private static func object(_ part: String) throws -> [String: Any]? {
    try bytes(part).flatMap { try JSONSerialization.jsonObject(with: $0) as? [String: Any] }
  }

  private static func bytes(_ part: String) -> Data? {
    let padding = String(repeating: "=", count: (4 - part.count % 4) % 4)
    return Data(base64Encoded: part.replacing("-", with: "+").replacing("_", with: "/") + padding)
  }

  private struct NotAJWT: Error {}
}
