package import TesseraSupport

/// A path that a token endpoint can be put at.
package enum EndpointPath {
  /// Segments of unreserved characters (RFC 3986 §2.3), so that every client and every proxy writes it alike; none is
  /// empty or made of dots, and none is `.well-known` (RFC 8615).
  package static func isAllowed(_ text: String) -> Bool {
    guard (2...255).contains(text.utf8.count), text.utf8.first == UInt8(ascii: "/") else { return false }
    return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).allSatisfy { segment in
      segment != ".well-known" && segment.utf8.contains { $0 != UInt8(ascii: ".") }
        && segment.utf8.allSatisfy(isUnreserved)
    }
  }

  /// Where the endpoints are that stay where they are.
  package static let taken: Set<String> = [
    "/oauth2/authorize", "/oauth2/introspect", "/oauth2/revocations", "/oauth2/revoke", "/oauth2/verify",
  ]

  /// Whether an endpoint at this path would be found where another is, at the root or below the path of the issuer.
  package static func collides(
    _ path: String,
    with others: some Sequence<String>,
    issuer: IssuerIdentifier
  ) -> Bool {
    let own = [path, issuer.path + path]
    return others.contains { own.contains($0) || own.contains(issuer.path + $0) }
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
