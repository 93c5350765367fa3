/// What a SPIFFE workload is called (SPIFFE-ID §2): `spiffe://example.org/ns/prod/sa/api`.
package struct SPIFFEID: Sendable, Equatable {
  /// The longest, in bytes (SPIFFE-ID §2.3).
  private static let maximumLength = 2048
  /// The trust domain that it is in, with its scheme: `spiffe://example.org`.
  package let trustDomain: String
  /// Below it, with the slash at its beginning; empty for the trust domain itself.
  package let path: String

  /// Nil for anything else: other schemes, upper case in the trust domain, a port, user information, a query, escapes,
  /// empty segments and those of dots.
  package init?(_ text: String) {
    let scheme = "spiffe://"
    guard text.utf8.count <= SPIFFEID.maximumLength, text.hasPrefix(scheme) else { return nil }
    let rest = text.dropFirst(scheme.count)
    let domain = rest.prefix { $0 != "/" }
    let path = rest[domain.endIndex...]
    guard (1...255).contains(domain.utf8.count),
      domain.utf8.allSatisfy({ SPIFFEID.isCommon($0) }),
      path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).allSatisfy({ segment in
        segment != "." && segment != ".."
          && segment.utf8.allSatisfy { SPIFFEID.isCommon($0) || (0x41...0x5A).contains($0) }
      }),
      path.isEmpty || !path.contains("//") && path.last != "/"
    else { return nil }
    trustDomain = scheme + domain
    self.path = String(path)
  }

  /// What a trust domain is made of: lower-case letters, digits, dots, hyphens and underscores.
  private static func isCommon(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
