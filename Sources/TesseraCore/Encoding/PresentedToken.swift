/// The access token in an `Authorization` header, and how it is presented.
package struct PresentedToken {
  /// What a token is presented as.
  package enum Scheme: String, Sendable, CaseIterable {
    /// By whoever has it (RFC 6750 §2.1).
    case bearer = "Bearer"
    /// By whoever proves possession of the key that it is bound to (RFC 9449 §7.1).
    case dpop = "DPoP"
  }

  /// What it is presented as.
  package let scheme: Scheme
  /// The token as it was sent.
  package let text: Substring

  /// Nil when the scheme is another, or nothing follows it.
  ///
  /// The scheme is case-insensitive (RFC 9110 §11.1).
  package init?(authorization value: String) {
    if let token = PresentedToken.token(in: value, after: "bearer ") {
      (scheme, text) = (.bearer, token)
    } else if let token = PresentedToken.token(in: value, after: "dpop ") {
      (scheme, text) = (.dpop, token)
    } else {
      return nil
    }
  }

  private static func token(in value: String, after start: String) -> Substring? {
    guard value.utf8.count > start.utf8.count, zip(value.utf8, start.utf8).allSatisfy({ $0 | 0x20 == $1 })
    else {
      return nil
    }
    let token = value.dropFirst(start.count).drop { $0 == " " }
    return token.isEmpty ? nil : token
  }
}

/// The token of an `Authorization: Bearer` header (RFC 6750 §2.1).
package struct BearerToken {
  /// The token as it was sent.
  package let text: Substring

  /// Nil when the scheme is another, or nothing follows it.
  package init?(authorization value: String) {
    guard let presented = PresentedToken(authorization: value), presented.scheme == .bearer else {
      return nil
    }
    text = presented.text
  }
}
