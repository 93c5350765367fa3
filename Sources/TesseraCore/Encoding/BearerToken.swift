/// The token of an `Authorization: Bearer` header (RFC 6750 §2.1).
package struct BearerToken {
  /// The token as it was sent.
  package let text: Substring

  /// Nil when the scheme is another, or nothing follows it.
  ///
  /// The scheme is case-insensitive (RFC 9110 §11.1).
  package init?(authorization value: String) {
    let scheme = "bearer "
    guard value.utf8.count > scheme.utf8.count, zip(value.utf8, scheme.utf8).allSatisfy({ $0 | 0x20 == $1 })
    else { return nil }
    let token = value.dropFirst(scheme.count).drop { $0 == " " }
    guard !token.isEmpty else { return nil }
    text = token
  }
}
