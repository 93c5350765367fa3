/// The Bearer token of a request (RFC 6750 §2).
///
/// Only the `Authorization` header is read (§2.1). A token in the query (§2.3) is refused even beside a header; one
/// in a form (§2.2) is not looked for, because reading the body is up to the handler.
public struct BearerCredentials: Sendable {
  /// The token, which may be anything but empty.
  ///
  /// Its form is checked by ``AccessTokenVerifier/verify(_:)``.
  public let token: String

  /// Finds the token of a request.
  ///
  /// - Parameters:
  ///   - authorization: The value of each `Authorization` header field.
  ///   - query: The query of the URL as it was sent; nil without one.
  /// - Throws: When there is none, more than one, or one in the query.
  public init(authorization: [String], query: String?) throws(BearerRefusal) {
    guard !BearerCredentials.hasToken(query ?? "") else { throw .tokenInQuery }
    guard authorization.count <= 1 else { throw .severalTokens }
    let scheme = "bearer "
    // The scheme is case-insensitive (RFC 9110 §11.1).
    guard let value = authorization.first, value.utf8.count > scheme.utf8.count,
      zip(value.utf8, scheme.utf8).allSatisfy({ $0 | 0x20 == $1 })
    else { throw .noToken }
    let token = value.dropFirst(scheme.count).drop { $0 == " " }
    guard !token.isEmpty else { throw .noToken }
    self.token = String(token)
  }

  static func hasToken(_ query: String) -> Bool {
    query.utf8.split(separator: UInt8(ascii: "&")).contains { parameter in
      decoded(parameter.prefix { $0 != UInt8(ascii: "=") }).elementsEqual("access_token".utf8)
    }
  }

  /// A name without its escapes; one that is broken stands as it is.
  private static func decoded(_ name: Substring.UTF8View) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = name[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16),
        rest.prefix(2).count == 2
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }
}

extension BearerCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Nothing of the token.
  public var description: String { "BearerCredentials(token: redacted)" }

  /// The same as ``description``.
  public var debugDescription: String { description }

  /// What `dump` shows: nothing of the token.
  public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}
