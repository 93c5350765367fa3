import NIOSSL

/// An access token and what the token service said about it (RFC 6749 §5.1).
///
/// Its description does not show the token, so that it can be logged; ``value`` does.
public struct AccessToken: Sendable {
  /// The token itself: who has it can use it.
  public let value: String
  /// The scopes that were granted, which may be fewer than were asked for (RFC 6749 §3.3).
  public let scopes: [String]
  /// How long the token was valid when it was asked for.
  public let lifetime: Duration
  /// How it is presented: `Bearer`, or `DPoP` for one that is bound to a key (RFC 9449 §7.1).
  public let scheme: String

  /// Which entry of the cache it is for.
  let key: TokenKey
  /// Tells the tokens of one source apart without comparing secrets.
  let serial: UInt64
  /// The connections that show the certificate with which it was got; nil for none.
  let tls: TLSConfiguration?

  /// The value of an `Authorization` header field that presents the token (RFC 6750 §2.1, RFC 9449 §7.1).
  public var authorization: String { "\(scheme) \(value)" }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The scopes and the lifetime, without the token.
  public var description: String {
    "AccessToken(scopes: \(scopes.joined(separator: " ")), lifetime: \(lifetime), value: redacted)"
  }

  /// The same as ``description``.
  public var debugDescription: String { description }

  /// What `dump` shows: not the token.
  public var customMirror: Mirror {
    Mirror(self, children: ["scopes": scopes, "lifetime": lifetime], displayStyle: .struct)
  }
}
